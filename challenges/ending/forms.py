"""The form with which a challenge ends without a contract."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField

from challenges.lifecycle import NO_AWARD_WORDS, NoAward
from marketplace.core.forms import BaseForm


class EndForm(BaseForm):
    """Why no contract comes of a challenge: by its kind, and in words."""

    why = RadioField(
        _l("Why does no contract come of it?"),
        widget=GovRadioInput(),
        choices=[],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Say it in your own words"),
        widget=GovTextArea(),
        description=_l(
            "Everybody can read this, and every bidder gets it. Say what you found and what comes "
            "next, and name no bidder."
        ),
    )

    def offer(self, reasons: Sequence[NoAward]) -> None:
        """Offer the kinds of reason that the moment allows."""
        self.why.choices = [(each.value, _l(NO_AWARD_WORDS[each])) for each in reasons]

    @property
    def chosen(self) -> NoAward | None:
        """Give the kind of reason, or nothing where none that we know was sent."""
        return NoAward(self.why.data) if self.why.data in set(NoAward) else None

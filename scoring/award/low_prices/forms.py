"""The form of a decision about a flagged price."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.validators import Length

from marketplace.core.forms import BaseForm
from scoring.award.low_prices.policy import FINDING_WORDS, PriceFinding


class LowPriceForm(BaseForm):
    """What an officer finds, and why."""

    # Whether a choice was made is the rules' matter, which say it in their own words.
    finding = RadioField(
        _l("What do you find?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(FINDING_WORDS[each])) for each in PriceFinding],
        validate_choice=False,
    )
    reason = TextAreaField(
        _l("Reason"),
        widget=GovTextArea(),
        description=_l("It stands in the award report."),
        validators=[Length(max=10_000, message=_l("Use at most 10,000 characters"))],
    )

    @property
    def found(self) -> PriceFinding | None:
        """Give what was chosen, nothing where it is none of the choices."""
        return next((each for each in PriceFinding if each.value == self.finding.data), None)

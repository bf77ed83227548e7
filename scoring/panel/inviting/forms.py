"""Forms of invitations to a panel: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect, GovTextArea, GovTextInput
from wtforms import (
    EmailField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional

from marketplace.core.accounts.forms import kept_address, plain_name
from marketplace.core.forms import BaseForm
from scoring.panel.lifecycle import EXPERTISE_WORDS, Expertise, Seat


class InviteForm(BaseForm):
    """Whom to ask onto the panel, and for what. The members whose place may be taken are choices
    that the view sets."""

    name = StringField(
        _l("Name"),
        widget=GovTextInput(),
        render_kw={"autocomplete": "off"},
        validators=[plain_name],
    )
    email = EmailField(
        _l("E-mail address"),
        description=_l("They sign in, or create an account, with this very address."),
        widget=GovTextInput(),
        render_kw={"type": "email", "autocomplete": "off", "spellcheck": "false"},
        validators=[InputRequired(_l("Enter the person's e-mail address.")), kept_address],
    )
    seat = RadioField(
        _l("What will they do?"),
        widget=GovRadioInput(),
        choices=[
            (Seat.EVALUATOR.value, _l("Score bids, as an evaluator")),
            (Seat.OBSERVER.value, _l("Look on, as an observer")),
        ],
        validators=[Optional()],
    )
    expertise = RadioField(
        _l("What do they know best?"),
        widget=GovRadioInput(),
        choices=[(each.value, _l(words)) for each, words in EXPERTISE_WORDS.items()],
        validators=[Optional()],
    )
    replaces = SelectField(
        _l("Whose place do they take?"), widget=GovSelect(), validators=[Optional()]
    )
    reason = TextAreaField(
        _l("Why do you invite this person?"),
        widget=GovTextArea(),
        description=_l("It stands in the record of the panel. The person does not see it."),
    )

    @property
    def chosen_seat(self) -> Seat | None:
        """Give the seat that was chosen."""
        return Seat(self.seat.data) if self.seat.data else None

    @property
    def chosen_expertise(self) -> Expertise | None:
        """Give the expertise that was chosen."""
        return Expertise(self.expertise.data) if self.expertise.data else None

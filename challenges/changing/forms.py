"""Forms of a change to a published challenge."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovTextArea
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired

from challenges.forms.steps import StepForm


class HandOverForm(StepForm):
    """Why a challenge changes, and what that asks of those who have bid."""

    reason = TextAreaField(
        _l("Why does the challenge change?"),
        widget=GovTextArea(),
        description=_l(
            "Everybody can read it: bidders, followers, auditors. Say what you learned."
        ),
    )
    confirm = RadioField(
        _l("What about bids that were submitted already?"),
        widget=GovRadioInput(),
        choices=[
            ("no", _l("They stay valid as they are")),
            ("yes", _l("Each supplier must confirm its bid before closing")),
        ],
        default="no",
        validators=[InputRequired(_l("Choose what the change asks of bids"))],
    )

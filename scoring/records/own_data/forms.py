"""The forms of a request to erase one's own data, and of the answer to it."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxInput, GovRadioInput, GovTextArea
from wtforms import BooleanField, RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm

REASON_MOST = 2_000


class AskForm(BaseForm):
    """That somebody has read what goes and what stays."""

    sure = BooleanField(
        _l("I have read this, and ask for my data to be erased"),
        widget=GovCheckboxInput(),
        validators=[InputRequired(_l("Tick this to ask, or go back"))],
    )


class DecideForm(BaseForm):
    """Whether a person's data are erased, and why."""

    answer = RadioField(
        _l("Your answer"),
        widget=GovRadioInput(),
        choices=[
            ("grant", _l("Erase the account: this cannot be undone")),
            ("refuse", _l("Keep it")),
        ],
        validators=[InputRequired(_l("Choose your answer"))],
    )
    reason = TextAreaField(
        _l("Reason"),
        widget=GovTextArea(),
        validators=[
            InputRequired(_l("Give the reason for your answer")),
            Length(max=REASON_MOST, message=_l("Shorten this to 2,000 characters or fewer.")),
        ],
        description=_l("The person is told it. It is recorded."),
    )

"""Forms of who goes on: shape and words of input."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovCheckboxesInput, GovRadioInput, GovTextArea
from wtforms import HiddenField, RadioField, SelectMultipleField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm

_MOST = Length(max=10_000, message=_l("Use at most 10,000 characters"))


class CutOffForm(BaseForm):
    """Which of the bids that tie go on, and why."""

    # How many are to be chosen is the rules' matter, which say it in their own words.
    chosen = SelectMultipleField(
        _l("Which of these bids go on?"),
        widget=GovCheckboxesInput(),
        validate_choice=False,
        validators=[InputRequired(_l("Choose which of these bids go on"))],
    )
    reason = TextAreaField(
        _l("Why these, and not the others?"),
        widget=GovTextArea(),
        description=_l("It is kept with the result. Write it so that every bidder may read it."),
        validators=[
            InputRequired(_l("Say why these bids go on and the others do not")),
            _MOST,
        ],
    )


class ProposeForm(BaseForm):
    """Why those go on whom the plan lets go on."""

    reason = TextAreaField(
        _l("Why do these bids go on?"),
        widget=GovTextArea(),
        description=_l("What speaks for them, in words that every bidder may read."),
        validators=[InputRequired(_l("Say why these bids go on")), _MOST],
    )


class AnswerForm(BaseForm):
    """Confirm or return, and why."""

    advance = HiddenField()
    answer = RadioField(
        _l("Your decision"),
        widget=GovRadioInput(),
        choices=[
            ("confirm", _l("Confirm: invite these suppliers to the next stage now")),
            ("return", _l("Return to the chair")),
        ],
        validators=[InputRequired(_l("Choose whether to confirm or to return"))],
    )
    reason = TextAreaField(
        _l("Reason for your decision"),
        widget=GovTextArea(),
        validators=[InputRequired(_l("Give the reason for your decision")), _MOST],
    )

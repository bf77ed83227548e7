"""Forms of letters: when they go out, what is added, what is withheld, what went another way."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovCheckboxInput,
    GovRadioInput,
    GovTextArea,
    GovTextInput,
)
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm, LondonInstantField

_WAYS = [
    ("electronic", _l("By e-mail, or another electronic way")),
    ("other", _l("By post or by hand, some of them at least")),
]
_ANYWAY = _l("Send them at this time all the same")


class PlanForm(BaseForm):
    """When letters go out."""

    send_at = LondonInstantField(_l("When are the letters to go out?"))
    way = RadioField(
        _l("How do you mean to send them?"),
        widget=GovRadioInput(),
        choices=_WAYS,
        default="electronic",
    )
    anyway = BooleanField(_ANYWAY, widget=GovCheckboxInput())


class SendForm(BaseForm):
    """That letters go out now; `sure` is said on a page that tells what follows."""

    sure = HiddenField()
    anyway = BooleanField(_ANYWAY, widget=GovCheckboxInput())


class AddForm(BaseForm):
    """A paragraph that is added to letters."""

    addition = TextAreaField(
        _l("Add a paragraph (optional)"),
        widget=GovTextArea(),
        description=_l("All else in the letters is made from what the panel wrote."),
        validators=[Length(max=5_000, message=_l("Use at most 5,000 characters"))],
    )


class WithholdForm(BaseForm):
    """Words that bidders are not to read, on which ground, and why."""

    words = TextAreaField(
        _l("Which words?"),
        widget=GovTextArea(),
        description=_l("Copy them as they stand in a reason of this letter."),
        validators=[
            InputRequired(_l("Copy the words as they stand in a reason of this letter")),
            Length(max=2_000, message=_l("Use at most 2,000 characters")),
        ],
    )
    ground = RadioField(
        _l("Why may they be withheld?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose why these words may be withheld"))],
    )
    reason = TextAreaField(
        _l("Your reason"),
        widget=GovTextArea(),
        description=_l("It stands in the log. Bidders read the ground alone."),
        validators=[
            InputRequired(_l("Say why these words are withheld")),
            Length(max=2_000, message=_l("Use at most 2,000 characters")),
        ],
    )


class GoneForm(BaseForm):
    """When letters went another way, and by which."""

    gone_at = LondonInstantField(_l("When did it go out? Of several, when did the last?"))
    way = RadioField(
        _l("How did they go out?"),
        widget=GovRadioInput(),
        choices=_WAYS,
        validators=[InputRequired(_l("Choose how the letters went out"))],
    )
    how = StringField(
        _l("By which way, and to whom?"),
        widget=GovTextInput(),
        description=_l("Such as: by recorded post to the registered office."),
        validators=[Length(max=500, message=_l("Use at most 500 characters"))],
    )


class RequestForm(BaseForm):
    """What a bidder asks more about the decision; it may say nothing."""

    words = TextAreaField(
        _l("What do you want to know in particular? (optional)"),
        widget=GovTextArea(),
        validators=[Length(max=2_000, message=_l("Use at most 2,000 characters"))],
    )


class RecordRequestForm(BaseForm):
    """That a bidder asked another way."""

    bid = RadioField(
        _l("Who asked?"),
        widget=GovRadioInput(),
        validators=[InputRequired(_l("Choose who asked"))],
    )
    asked_at = LondonInstantField(_l("When did it arrive?"))
    words = TextAreaField(
        _l("What was asked? (optional)"),
        widget=GovTextArea(),
        validators=[Length(max=2_000, message=_l("Use at most 2,000 characters"))],
    )

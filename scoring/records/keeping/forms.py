"""Forms of keeping: a reason, an answer, and a body's own years."""

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import (
    GovRadioInput,
    GovSelect,
    GovTextArea,
    GovTextInput,
)
from wtforms import IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from marketplace.core.forms import BaseForm
from scoring.records.casefile.words import KEPT_WORDS

_TEXT_MOST = 4_000


def _reason(label: str) -> TextAreaField:
    return TextAreaField(
        label,
        widget=GovTextArea(),
        validators=[
            InputRequired(_l("Give the reason")),
            Length(max=_TEXT_MOST, message=_l("Shorten this to 4,000 characters or fewer")),
        ],
    )


class HoldForm(BaseForm):
    """Why everything of a challenge is to be kept."""

    reason = _reason(_l("Why is everything to be kept?"))


class LiftForm(BaseForm):
    """Why a hold is no longer needed."""

    reason = _reason(_l("Why is it no longer needed?"))


class AnswerForm(BaseForm):
    """Whether records are erased, and why."""

    answer = RadioField(
        _l("Your answer"),
        widget=GovRadioInput(),
        choices=[
            ("confirm", _l("Erase them: this cannot be undone")),
            ("refuse", _l("Keep them")),
        ],
        validators=[InputRequired(_l("Choose your answer"))],
    )
    reason = _reason(_l("Reason"))


class TimeForm(BaseForm):
    """For how many years a kind of record is kept."""

    kind = SelectField(
        _l("Kind of record"),
        widget=GovSelect(),
        choices=[(kind.value, _l(words)) for kind, words in KEPT_WORDS.items()],
    )
    years = IntegerField(
        _l("Years"),
        widget=GovTextInput(),
        validators=[InputRequired(_l("Enter a whole number of years, from 1 to 100"))],
    )

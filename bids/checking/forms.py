"""The form of the quick check: a choice for each question that the challenge raises."""

from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import RadioField
from wtforms.validators import InputRequired

from bids.checking.shapes import Question
from marketplace.core.forms import BaseForm


def form_of(asked: Sequence[Question], kept: Mapping[str, str]) -> BaseForm:
    """Make the form, with answers that were kept chosen where they are still offered."""
    fields = {
        question.key.value: RadioField(
            _(question.text, **question.data),
            widget=GovRadioInput(),
            description=_(question.hint) if question.hint else "",
            choices=[(choice.value, _(choice.label)) for choice in question.choices],
            default=kept.get(question.key),
            validators=[InputRequired(_("Choose an answer. You can say that you are not sure."))],
        )
        for question in asked
    }
    form: BaseForm = type("CheckForm", (BaseForm,), fields)()
    return form

"""Forms of a draft's criteria: one question with its scale, and the weights of all."""

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovTextArea, GovTextInput
from wtforms import HiddenField, StringField, TextAreaField, ValidationError
from wtforms.validators import InputRequired

from challenges.forms import typed
from challenges.forms.numbers import WholeField
from challenges.models import Criterion
from challenges.sections import DEFAULT_DESCRIPTORS, Question
from marketplace.core.forms import BaseForm, ExactDecimalField


class DescriptorsField(TextAreaField):
    """What each score means, a line each: `3: Sound`. Data are pairs of score and words."""

    widget = GovTextArea()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "\n".join(f"{score:f}: {text}" for score, text in self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the lines; blank ones are passed over."""
        self.data: Any = ()
        found = []
        for line in filter(None, map(str.strip, "".join(valuelist).splitlines())):
            score, _colon, text = line.partition(":")
            if not re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3})?", score.strip(), re.ASCII):
                raise ValidationError(
                    _l("Begin each line with the score and a colon, such as “3: Sound …”")
                )
            found.append((Decimal(score.strip()), text.strip()))
        self.data = tuple(found)


class QuestionForm(BaseForm):
    """One quality criterion."""

    seen = HiddenField()
    title = StringField(
        _l("Short name"),
        widget=GovTextInput(),
        description=_l("Such as “Solves the challenge”. At most 120 characters."),
    )
    question = TextAreaField(
        _l("What do you ask bidders?"),
        widget=GovTextArea(),
        description=_l("One question that a small team can answer in a few paragraphs."),
    )
    guidance = TextAreaField(
        _l("What does a good answer hold? (optional)"),
        widget=GovTextArea(),
        description=_l("Bidders and the panel both read this."),
    )
    weight = ExactDecimalField(
        _l("Weight"),
        validators=[InputRequired(_l("Enter a weight, such as 30."))],
        description=_l("How many of the 100 points this is worth."),
    )
    word_limit = WholeField(
        _l("Word limit (optional)"), description=_l("200 to 300 words is usual.")
    )
    max_score = ExactDecimalField(
        _l("Highest score"),
        default=Decimal(5),
        validators=[InputRequired(_l("Enter the highest score, such as 5."))],
        description=_l("Scores run from 0 to this."),
    )
    min_score = ExactDecimalField(
        _l("Minimum score (optional)"),
        description=_l(
            "A bid whose score is lower in the end cannot succeed, however good the rest."
        ),
    )
    descriptors = DescriptorsField(
        _l("What does each score mean?"),
        default=lambda: cast(Any, DEFAULT_DESCRIPTORS),
        description=_l("A line for each score: the score, a colon, and its meaning."),
    )

    def content(self) -> Question:
        """Give what was typed."""
        return Question(
            title=typed(self.title),
            weight=self.weight.data or Decimal(0),
            question=typed(self.question),
            guidance=typed(self.guidance),
            max_score=self.max_score.data or Decimal(0),
            min_score=self.min_score.data,
            word_limit=self.word_limit.data,
            descriptors=self.descriptors.data,
        )


class WeightsForm(BaseForm):
    """The weights of all criteria at once; the fields are made for the criteria there are."""

    seen = HiddenField()

    @staticmethod
    def field_name(key: str) -> str:
        """Give the name of the field of the criterion with this key."""
        return f"weight-{key}"

    @classmethod
    def over(cls, criteria: Sequence[Criterion], seen: str) -> "WeightsForm":
        """Make the form for these criteria, showing their present weights where none is sent."""

        class Weights(cls):  # type: ignore[valid-type, misc]  # WTForms reads fields off a class
            pass

        present = {cls.field_name(criterion.key): criterion.weight for criterion in criteria}
        for criterion in criteria:
            label = _l("Weight of %(title)s", title=criterion.title)
            setattr(Weights, cls.field_name(criterion.key), ExactDecimalField(label))
        form = Weights(data={**present, "seen": seen})
        for name, weight in present.items():
            if not form[name].raw_data:
                # It came to be in another tab after this page was made: leave it as it is.
                form[name].data = weight
        return cast("WeightsForm", form)

    def weights(self) -> dict[str, Decimal]:
        """Give the weights by key; a blank one is zero, which the service refuses with words."""
        first = len(self.field_name(""))
        return {
            name[first:]: field.data or Decimal(0)
            for name, field in self._fields.items()
            if name.startswith(self.field_name(""))
        }

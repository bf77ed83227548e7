"""The form of how price and quality make a result; made for the criteria of one stage."""

from collections.abc import Sequence
from typing import Any, cast

from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovRadioInput, GovSelect
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired

from challenges.forms.numbers import WholeField
from challenges.kinds import Combine, CriterionKind, PriceModel, Rounded
from challenges.method.choice import STEPS_MOST, Method
from challenges.method.rules import BY_CRITERION, STEP_WORDS, USUAL_MODELS, Step, usual_steps
from challenges.method.words import (
    COMBINE_MEANINGS,
    COMBINE_WORDS,
    FURTHER,
    ROUNDED_WORDS,
)
from challenges.models import Criterion, Stage
from challenges.words import PRICE_MODEL_MEANINGS, PRICE_MODEL_WORDS
from marketplace.core.forms import BaseForm, ExactDecimalField, MoneyField

SHOWN, WITHHELD = "shown", "withheld"

_TIES = (
    _l("First"),
    _l("If they still tie"),
    _l("After that"),
    _l("At last"),
)


class MethodForm(BaseForm):
    """How money counts, and what else decides."""

    seen = HiddenField()
    price_model = RadioField(
        _l("How does money count?"),
        widget=GovRadioInput(),
        choices=[(model, _l(PRICE_MODEL_WORDS[model])) for model in (*USUAL_MODELS, *FURTHER)],
        # What comes without any of its boxes would empty them all.
        validators=[InputRequired(_l("Choose how money counts."))],
    )
    price_weight = ExactDecimalField(
        _l("Weight of price"),
        description=_l("How many of the 100 points are for price, where a formula gives them."),
    )
    best_minor = MoneyField(
        _l("Price that gets all the points"),
        description=_l(
            "Only where price is measured against two amounts: this one or less. Choose a price at "
            "which good work is still possible."
        ),
    )
    worst_minor = MoneyField(
        _l("Price that gets no points"),
        description=_l("Only where price is measured against two amounts: this one or more."),
    )
    quality_threshold = ExactDecimalField(
        _l("Threshold of quality, in percent (optional)"),
        description=_l(
            "Bids that reach less of the points for quality cannot succeed, whatever their price. "
            "50 to 60 is usual. The lowest price for each point of quality needs one."
        ),
    )
    rounded = SelectField(
        _l("What is rounded?"),
        widget=GovSelect(),
        choices=[
            ("", _l("Nothing: results are exact")),
            *((each, _l(words)) for each, words in ROUNDED_WORDS.items()),
        ],
        description=_l(
            "Exact results are fairest: rounding makes ties of bids that differ. A ranking by "
            "price is never rounded."
        ),
    )
    rounded_decimals = WholeField(
        _l("Digits after the point"), description=_l("Where something is rounded: 0 to 6.")
    )
    below_mean = ExactDecimalField(
        _l("Below the average of the others, in percent (optional)"),
        places=1,
        description=_l("40 is usual."),
    )
    below_next = ExactDecimalField(
        _l("Below the next higher price, in percent (optional)"),
        places=1,
        description=_l("30 is usual."),
    )

    # Of these two, what comes without any of its boxes leaves what is kept as it is.
    combine = RadioField(
        _l("How do the panel’s scores become one?"),
        widget=GovRadioInput(),
        choices=[(str(each), _l(words)) for each, words in COMBINE_WORDS.items()],
    )
    names = RadioField(
        _l("Does the panel see who bids?"),
        widget=GovRadioInput(),
        choices=[
            (SHOWN, _l("Yes, the panel sees the names of bidders")),
            (WITHHELD, _l("No, names are withheld until the panel has finished scoring")),
        ],
        description=_l(
            "Good for a written sift: answers are judged and not reputations. Bidders are told to "
            "leave their names out. Not for interviews, where the panel meets them."
        ),
    )

    @classmethod
    def over(cls, stage: Stage, present: Method, **more: Any) -> "MethodForm":
        """Make the form for a stage's criteria, showing its present method where nothing is sent.

        `present` gives what is shown; `more` goes to the form, such as `formdata` and `prefix`.
        """

        class OfStage(cls):  # type: ignore[valid-type, misc]  # WTForms reads fields off a class
            pass

        questions = [c for c in stage.criteria if c.kind is CriterionKind.QUALITY]
        steps = [
            ("", _l("Nothing: the tie stays")),
            *((step.value, _l(STEP_WORDS[step])) for step in Step),
            *_by_criterion(questions),
        ]
        for place, label in enumerate(_TIES, 1):
            setattr(
                OfStage,
                f"tie_{place}",
                SelectField(label, widget=GovSelect(), choices=steps),
            )
        for criterion in questions:
            setattr(
                OfStage,
                f"point_value-{criterion.key}",
                MoneyField(_l("One point for “%(title)s”", title=criterion.title)),
            )
        return cast("MethodForm", OfStage(data=cls._shown(present), **more))

    @staticmethod
    def _shown(present: Method) -> dict[str, object]:
        ties = usual_steps(present.price_model) if present.tie_break is None else present.tie_break
        return {
            **{name: value for name, value in vars(present).items() if name != "tie_break"},
            "rounded": present.rounded or "",
            "combine": present.combine.value,
            "names": WITHHELD if present.names_withheld else SHOWN,
            **{f"tie_{place}": "" for place in range(1, STEPS_MOST + 1)},
            **{f"tie_{place}": step for place, step in enumerate(ties, 1)},
            **{f"point_value-{key}": value for key, value in present.point_values},
        }

    @property
    def ties(self) -> list[Any]:
        """Give the fields of the tie-breaks in their order."""
        return [self[f"tie_{place}"] for place in range(1, STEPS_MOST + 1)]

    @property
    def point_values(self) -> list[Any]:
        """Give the fields of what a point is worth."""
        return [field for name, field in self._fields.items() if name.startswith("point_value-")]

    price_model_meanings = PRICE_MODEL_MEANINGS
    combine_meanings = COMBINE_MEANINGS

    def content(self) -> Method:
        """Give what was typed."""
        first = len("point_value-")
        return Method(
            price_model=PriceModel(self.price_model.data),
            best_minor=self.best_minor.data,
            worst_minor=self.worst_minor.data,
            price_weight=self.price_weight.data,
            quality_threshold=self.quality_threshold.data,
            rounded=Rounded(self.rounded.data) if self.rounded.data else None,
            rounded_decimals=self.rounded_decimals.data,
            tie_break=tuple(field.data for field in self.ties if field.data),
            below_mean=self.below_mean.data,
            below_next=self.below_next.data,
            combine=Combine(self.combine.data),
            names_withheld=self.names.data == WITHHELD,
            point_values=tuple((f.short_name[first:], f.data) for f in self.point_values),
        )


def _by_criterion(questions: Sequence[Criterion]) -> list[tuple[str, Any]]:
    return [
        (f"{BY_CRITERION}{each.key}", _l("more points for “%(title)s”", title=each.title))
        for each in questions
    ]

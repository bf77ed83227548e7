"""The method of a stage in the terms of `evaluation/1`, as publication freezes it. Pure."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from challenges.kinds import Combine, CriterionKind
from challenges.method.rules import (
    BY_CRITERION,
    FIXED_BUDGET,
    Step,
    is_formula,
    ranking_of,
    usual_steps,
)
from challenges.stages.succession import advancing
from scoring.engine.document import ADJUSTED_PRICE

if TYPE_CHECKING:
    from challenges.models import Stage

# Every plan's weights add up to this.
WEIGHTS_TOTAL = Decimal(100)

_PERCENT = Decimal("0.01")


def method_document(stage: "Stage") -> dict[str, Any]:
    """Give the `method` of an evaluation document, with every number as text, prices in pounds.

    What the stage does not say is left out, so that the engine's published default holds.
    """
    method: dict[str, Any] = {
        "weights_total": plain(WEIGHTS_TOTAL),
        "currency": stage.challenge.currency,
        "combine": str(stage.combine or Combine.CONSENSUS),
        "ranking": ranking_of(stage.price_model),
        "tie_break": list(steps_of(stage)),
    }
    if stage.price_model == ADJUSTED_PRICE:
        method["value_per_point"] = {
            criterion.key: price_text(criterion.point_value_minor)
            for criterion in stage.criteria
            if criterion.point_value_minor is not None
        }
    if (places := advancing(stage)) is not None:
        method["advance"] = places
    if stage.quality_threshold is not None:
        method["quality_threshold"] = plain(stage.quality_threshold)
    if stage.rounded is not None:
        method["rounding"] = {
            "applies_to": str(stage.rounded),
            "decimals": stage.rounded_decimals or 0,
        }
    low_price = {
        name: plain(percent * _PERCENT)
        for name, percent in (
            ("mean_of_others", stage.below_mean),
            ("next_lowest", stage.below_next),
        )
        if percent is not None
    }
    if low_price:
        method["low_price"] = low_price
    return method


def formula_document(stage: "Stage") -> dict[str, str]:
    """Give the `formula` of the price criterion."""
    formula = {"name": str(stage.price_model)}
    if stage.best_minor is not None and stage.worst_minor is not None:
        formula |= {"best": price_text(stage.best_minor), "worst": price_text(stage.worst_minor)}
    return formula


def steps_of(stage: "Stage") -> tuple[str, ...]:
    """Give a stage's tie-breaks in order: its own, or the usual ones where it names none.

    A formula without its criterion yet has no price to break a tie by.
    """
    if stage.tie_break is not None:
        return tuple(stage.tie_break.split())
    if is_formula(stage.price_model) and all(c.kind != CriterionKind.PRICE for c in stage.criteria):
        return ()
    return usual_steps(stage.price_model)


def lost_steps(stage: "Stage") -> tuple[str, ...]:
    """Give the tie-breaks that can part nothing: a criterion that is gone, a price none gives."""
    keys = {criterion.key for criterion in stage.criteria}
    return tuple(
        step
        for step in steps_of(stage)
        if (step.startswith(BY_CRITERION) and step.removeprefix(BY_CRITERION) not in keys)
        or (step == Step.PRICE and stage.price_model == FIXED_BUDGET)
    )


def carried_document(stage: "Stage") -> dict[str, dict[str, Any]]:
    """Give by criterion from where its percentage is carried: an earlier stage's number, and one
    criterion there or, where there is none, its total."""
    return {
        criterion.key: {"stage": criterion.carried_stage, "criterion": criterion.carried_key}
        for criterion in stage.criteria
        if criterion.kind == CriterionKind.CARRIED
    }


def price_text(minor: int) -> str:
    """Write an amount of minor units as an evaluation document has prices: 125050 is "1250.5"."""
    return plain(Decimal(minor).scaleb(-2))


def plain(number: Decimal) -> str:
    """Write a decimal in plain digits, without an exponent and without needless zeros."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text

"""What kinds of price models and tie-breaks there are: what every other part builds on. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from marketplace.core.text import N_
from scoring.engine.document import ADJUSTED_PRICE, HIGHEST_TOTAL, PRICE_PER_POINT
from scoring.engine.price import FIXED_BOUNDS, FORMULAS

FIXED_BUDGET = "fixed_budget"

# In front; whatever else a model can be stands behind "More methods".
USUAL_MODELS = (FIXED_BUDGET, FIXED_BOUNDS, "lowest_price_ratio")

BY_CRITERION = "criterion:"


class Step(StrEnum):
    """What may part bids with the same result; `criterion:KEY` is one more."""

    QUALITY = "quality"
    PRICE = "price"
    DRAW = "draw"


def is_formula(model: str) -> bool:
    """Tell whether a price model gives points for price, by a criterion with a weight."""
    return model in FORMULAS


def ranking_of(model: str) -> str:
    """Give the engine's ranking for a price model."""
    return model if model in (PRICE_PER_POINT, ADJUSTED_PRICE) else HIGHEST_TOTAL


def usual_steps(model: str) -> tuple[str, ...]:
    """Give the tie-breaks that hold unless a body says otherwise."""
    return () if model == FIXED_BUDGET else (Step.QUALITY, Step.PRICE)


def step_words(step: str, titles: Mapping[str, str]) -> str | None:
    """Give the untranslated words of a tie-break, None where it names a criterion that is gone."""
    if step.startswith(BY_CRITERION):
        return titles.get(step.removeprefix(BY_CRITERION))
    return STEP_WORDS.get(step)


STEP_WORDS: Mapping[str, str] = {
    Step.QUALITY: N_("more points for quality"),
    Step.PRICE: N_("the lower price"),
    Step.DRAW: N_("the draw"),
}

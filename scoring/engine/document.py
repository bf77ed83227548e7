"""The evaluation document, read and checked: what every other module of the engine works on.

Criteria, evaluators and bids stand sorted by id, so the order of the input cannot reach a result.
Named tuples, not dataclasses: they are as immutable, and importing `dataclasses` alone would cost
half of the time in which `marketplace score` has to answer.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

FORMAT = "evaluation/1"

QUALITY, PRICE, CARRIED = "quality", "price", "carried"
KINDS = (QUALITY, PRICE, CARRIED)

HIGHEST_TOTAL = "highest_total"
PRICE_PER_POINT = "lowest_price_per_quality_point"
ADJUSTED_PRICE = "lowest_quality_adjusted_price"
RANKINGS = (HIGHEST_TOTAL, PRICE_PER_POINT, ADJUSTED_PRICE)

CONSENSUS, MEAN, MEDIAN = "consensus", "mean", "median"
COMBINATIONS = (CONSENSUS, MEAN, MEDIAN)

NO_ROUNDING, ROUND_PERCENTAGE, ROUND_POINTS = "none", "percentage", "points"
ROUNDINGS = (NO_ROUNDING, ROUND_PERCENTAGE, ROUND_POINTS)

VALID = "valid"
STATUSES = (VALID, "ineligible", "excluded", "withdrawn")

BY_QUALITY, BY_PRICE, BY_DRAW, BY_CRITERION = "quality", "price", "draw", "criterion:"


class Formula(NamedTuple):
    """A price formula; `best` and `worst` belong to `fixed_bounds` alone."""

    name: str
    best: Fraction | None = None
    worst: Fraction | None = None


class Criterion(NamedTuple):
    """One thing bids are judged by; `max_score` and `min_score` are for quality only."""

    id: str
    title: str
    kind: str
    weight: Fraction
    max_score: Fraction = Fraction(0)
    min_score: Fraction | None = None
    formula: Formula | None = None


class Rounding(NamedTuple):
    """Which figure the published method rounds, and to how many decimals."""

    applies_to: str = NO_ROUNDING
    decimals: int = 0


class Method(NamedTuple):
    """The published rules of this evaluation."""

    weights_total: Fraction
    currency: str | None
    ranking: str
    value_per_point: Mapping[str, Fraction]
    combine: str | None
    quality_threshold: Fraction | None
    rounding: Rounding
    display_decimals: int
    tie_break: tuple[str, ...]
    advance: int | None
    mean_of_others: Fraction | None
    next_lowest: Fraction | None
    flag_spread: Fraction

    @property
    def needs_prices(self) -> bool:
        """Whether a figure besides a price criterion depends on the prices of the bids."""
        return (
            self.ranking != HIGHEST_TOTAL
            or BY_PRICE in self.tie_break
            or self.mean_of_others is not None
            or self.next_lowest is not None
        )


class Evaluator(NamedTuple):
    """One person of the panel: the criteria they score and the bids they must not."""

    id: str
    criteria: frozenset[str]
    recused_from: frozenset[str]


class Cell(NamedTuple):
    """The scores of one bid on one criterion, in grains (see `numbers`)."""

    individual: Mapping[str, int]
    consensus: int | None


class Bid(NamedTuple):
    """One bid; `scores` and `carried` are read for valid bids only."""

    id: str
    supplier: str | None
    status: str
    reason: str | None
    price: Fraction | None
    scores: Mapping[str, Cell]
    carried: Mapping[str, Fraction]


class Evaluation(NamedTuple):
    """The whole document; criteria, evaluators and bids by id."""

    criteria: tuple[Criterion, ...]
    evaluators: tuple[Evaluator, ...] | None
    method: Method
    draw_seed: bytes | None
    cutoff_decision: tuple[str, ...] | None
    bids: tuple[Bid, ...]
    title: str | None = None
    challenge: str | None = None
    stage: str | None = None

    @property
    def price_criterion(self) -> Criterion | None:
        """The price criterion, if this evaluation has one."""
        return next((c for c in self.criteria if c.kind == PRICE), None)

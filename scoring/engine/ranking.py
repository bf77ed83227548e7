"""Who is ahead, and why: the rules by which bids are compared, in the order they are applied.

1. A bid counts only if it qualifies: it is valid, no score is below a published minimum, and its
   quality as a whole reaches the published threshold.
2. Each qualifying bid gets one ranking value, by one of three published rankings.
3. Bids are put in order of that value. Bids with exactly the same value are tied; the published
   tie-breaks are tried one after the other.
4. Ranks are counted as in a race: two bids that share first place are both 1, the next is 3.
"""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.combining import CriterionResult
from scoring.engine.document import (
    ADJUSTED_PRICE,
    HIGHEST_TOTAL,
    PRICE,
    PRICE_PER_POINT,
    Bid,
    Evaluation,
    Method,
)
from scoring.engine.numbers import exact_sum, plain_text, quoted
from scoring.engine.ties import grouped, split_tie


class Contender(NamedTuple):
    """A bid that qualifies, with all that ranks it."""

    bid: Bid
    results: Mapping[str, CriterionResult]
    quality_points: Fraction
    total: Fraction
    ranking_value: Fraction

    @property
    def bid_id(self) -> str:
        """The id of the bid."""
        return self.bid.id

    @property
    def price(self) -> Fraction | None:
        """The price, where the method needs one."""
        return self.bid.price

    def points(self, criterion_id: str) -> Fraction:
        """The points on one criterion."""
        return self.results[criterion_id].points


# Rule 1: does the bid qualify?


def shortfalls(evaluation: Evaluation, results: Mapping[str, CriterionResult]) -> tuple[str, ...]:
    """Say where a valid bid falls below a minimum; nothing to say means that it qualifies.

    Unrounded figures are compared, and reaching a minimum exactly is enough.
    """
    missed = []
    for criterion in evaluation.criteria:
        score = results[criterion.id].score if criterion.id in results else None
        if criterion.min_score is not None and score is not None and score < criterion.min_score:
            missed.append(
                f"criterion {quoted(criterion.id)}: the score {plain_text(score)} is below "
                f"the minimum {plain_text(criterion.min_score)}"
            )
    threshold = evaluation.method.quality_threshold
    if threshold is not None:
        reached = quality_percentage(evaluation, results)
        if reached < threshold:
            missed.append(
                f"quality reaches {plain_text(reached)} percent, which is below the threshold "
                f"of {plain_text(threshold)} percent"
            )
    return tuple(missed)


def quality_percentage(evaluation: Evaluation, results: Mapping[str, CriterionResult]) -> Fraction:
    """Give the quality of a bid as a whole, from 0 to 100, over quality and carried criteria."""
    weighted_sum = weights = Fraction(0)
    for criterion in evaluation.criteria:
        if criterion.kind != PRICE:
            weighted_sum += results[criterion.id].unrounded_percentage * criterion.weight
            weights += criterion.weight
    return weighted_sum / weights


# Rule 2: one ranking value for each bid.


def contender(bid: Bid, method: Method, results: Mapping[str, CriterionResult]) -> Contender:
    """Add up the points of a qualifying bid and work out the value that ranks it."""
    quality_points = exact_sum([r.points for r in results.values() if r.source != PRICE])
    total = exact_sum([quality_points, *(r.points for r in results.values() if r.source == PRICE)])
    value = total
    if method.ranking != HIGHEST_TOTAL:
        value = _ranking_value(method, bid.price or Fraction(0), results, quality_points)
    return Contender(bid, results, quality_points, total, value)


def _ranking_value(
    method: Method,
    price: Fraction,
    results: Mapping[str, CriterionResult],
    quality_points: Fraction,
) -> Fraction:
    if method.ranking == PRICE_PER_POINT:
        # Not a division by zero: the threshold is above 0 and every contender reached it.
        return price / quality_points
    worth = Fraction(0)
    for criterion_id, value_of_one_point in method.value_per_point.items():
        worth += value_of_one_point * (results[criterion_id].score or 0)
    return price - worth


def highest_first(method: Method) -> bool:
    """Tell whether the higher ranking value is the better one; prices rank lowest first."""
    return method.ranking not in (PRICE_PER_POINT, ADJUSTED_PRICE)


# Rule 3: the order.


def in_order(
    contenders: Iterable[Contender], method: Method, seed: bytes | None
) -> list[list[Contender]]:
    """Put the contenders in order, best first; those still tied after all stand in one group."""
    by_value = grouped(
        contenders, lambda bid: bid.ranking_value, highest_first=highest_first(method)
    )
    return [part for group in by_value for part in split_tie(group, method.tie_break, seed)]


# Rule 4: the ranks.


def ranks(groups: Sequence[Sequence[Contender]]) -> dict[str, int]:
    """Count ranks as in a race: 1, 1, 3."""
    counted: dict[str, int] = {}
    for group in groups:
        rank = len(counted) + 1
        counted |= {bid.bid_id: rank for bid in group}
    return counted

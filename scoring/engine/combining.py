"""From the scores of a panel to one score, one percentage and the points of a criterion."""

from fractions import Fraction
from typing import NamedTuple

from scoring.engine.document import (
    CARRIED,
    CONSENSUS,
    MEAN,
    MEDIAN,
    PRICE,
    ROUND_PERCENTAGE,
    ROUND_POINTS,
    Bid,
    Cell,
    Criterion,
    Evaluation,
    Method,
    Rounding,
)
from scoring.engine.numbers import from_grains, round_half_away


class CriterionResult(NamedTuple):
    """What one bid has on one criterion.

    `percentage` and `points` are the ones that count, rounded where the method says so;
    `unrounded_percentage` is what they were before. `score` is None for a carried percentage.
    """

    source: str
    score: Fraction | None
    unrounded_percentage: Fraction
    percentage: Fraction
    points: Fraction


def combined(cell: Cell, combine: str | None) -> tuple[str, int, int]:
    """Combine the scores of a cell: the source, and the score in grains as (top, bottom).

    Without a stated way, the agreed score counts where there is one, else the mean. The median of
    an even number of scores is the mean of the middle two. Reading the document made sure that
    the scores this needs are there.
    """
    if combine == CONSENSUS or (combine is None and cell.consensus is not None):
        return CONSENSUS, cell.consensus or 0, 1
    scores = cell.individual.values()
    if combine == MEDIAN:
        inorder = sorted(scores)
        middle = len(inorder) // 2
        if len(inorder) % 2:
            return MEDIAN, inorder[middle], 1
        return MEDIAN, inorder[middle - 1] + inorder[middle], 2
    return MEAN, sum(scores), len(scores)


def weighted(
    criterion: Criterion,
    rounding: Rounding,
    source: str,
    score: Fraction | None,
    unrounded: Fraction,
) -> CriterionResult:
    """Turn a percentage into points: percentage / 100 × weight, rounded where the method says.

    Rounding to `percentage` comes before the points, rounding to `points` after; halves go away
    from zero.
    """
    percentage = unrounded
    if rounding.applies_to == ROUND_PERCENTAGE:
        percentage = round_half_away(unrounded, rounding.decimals)
    points = percentage * criterion.weight / 100
    if rounding.applies_to == ROUND_POINTS:
        points = round_half_away(points, rounding.decimals)
    return CriterionResult(source, score, unrounded, percentage, points)


class QualityTable:
    """The results of one quality criterion, worked out once for each combined score.

    In a large evaluation the same few scores come again and again.
    """

    def __init__(self, criterion: Criterion, method: Method) -> None:
        self._criterion = criterion
        self._method = method
        self._known: dict[tuple[str, int, int], CriterionResult] = {}

    def result(self, cell: Cell) -> CriterionResult:
        """Combine a cell, and give 100 × combined score / `max_score` percent."""
        key = combined(cell, self._method.combine)
        found = self._known.get(key)
        if found is None:
            source, top, bottom = key
            found = self.result_of_score(source, from_grains(top) / bottom)
            self._known[key] = found
        return found

    def result_of_score(self, source: str, score: Fraction) -> CriterionResult:
        """Give the result that a combined score has."""
        percentage = 100 * score / self._criterion.max_score
        return weighted(self._criterion, self._method.rounding, source, score, percentage)


def quality_tables(evaluation: Evaluation) -> dict[str, QualityTable]:
    """Make the table of each quality criterion."""
    return {
        criterion.id: QualityTable(criterion, evaluation.method)
        for criterion in evaluation.criteria
        if criterion.kind not in (PRICE, CARRIED)
    }


def quality_results(
    bid: Bid, evaluation: Evaluation, tables: dict[str, QualityTable]
) -> dict[str, CriterionResult]:
    """Work out all that a valid bid has besides price: quality and carried criteria, by id."""
    results = {}
    for criterion in evaluation.criteria:
        if criterion.kind == CARRIED:
            percentage = bid.carried[criterion.id]
            results[criterion.id] = weighted(
                criterion, evaluation.method.rounding, CARRIED, None, percentage
            )
        elif criterion.kind != PRICE:
            results[criterion.id] = tables[criterion.id].result(bid.scores[criterion.id])
    return results

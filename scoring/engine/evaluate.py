"""The course of an evaluation, from the checked document to the ranked bids."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.combining import (
    CriterionResult,
    QualityTable,
    quality_results,
    quality_tables,
    weighted,
)
from scoring.engine.document import PRICE, VALID, Bid, Criterion, Evaluation, Formula
from scoring.engine.errors import BadEvaluation, Problem
from scoring.engine.numbers import quoted, to_grains
from scoring.engine.price import Prices, price_share, prices_of
from scoring.engine.ranking import Contender, contender, in_order, shortfalls
from scoring.engine.ties import CutOff, cut_off


class Assessment(NamedTuple):
    """A valid bid with its quality results, and where it falls short if it does."""

    bid: Bid
    results: Mapping[str, CriterionResult]
    shortfalls: tuple[str, ...]


class Ranked(NamedTuple):
    """A scored evaluation: everything that the result document and the sensitivity start from."""

    evaluation: Evaluation
    tables: dict[str, QualityTable]
    assessments: tuple[Assessment, ...]
    prices: Prices | None
    groups: list[list[Contender]]
    cut_off: CutOff | None

    @property
    def contenders(self) -> list[Contender]:
        """The qualifying bids, best first."""
        return [bid for group in self.groups for bid in group]

    @property
    def winners(self) -> list[str]:
        """The ids of all bids of rank 1."""
        return sorted(bid.bid_id for bid in self.groups[0]) if self.groups else []


def rank(evaluation: Evaluation) -> Ranked:
    """Score and rank an evaluation.

    Raises:
        BadEvaluation: when `cutoff_decision` does not fit the tie at the cut-off.
    """
    tables = quality_tables(evaluation)
    assessments = []
    for bid in evaluation.bids:
        if bid.status == VALID:
            results = quality_results(bid, evaluation, tables)
            assessments.append(Assessment(bid, results, shortfalls(evaluation, results)))
    qualifying = [found for found in assessments if not found.shortfalls]
    prices = prices_of_bids([found.bid for found in qualifying])
    groups = in_order(
        contenders_of(evaluation, qualifying, prices), evaluation.method, evaluation.draw_seed
    )
    return Ranked(
        evaluation, tables, tuple(assessments), prices, groups, _decided(evaluation, groups)
    )


def prices_of_bids(bids: Sequence[Bid]) -> Prices | None:
    """Take the figures that relative formulas need; None where there is no price to compare."""
    found = [to_grains(bid.price) for bid in bids if bid.price is not None]
    return prices_of(found) if found else None


def contenders_of(
    evaluation: Evaluation,
    qualifying: Sequence[Assessment],
    prices: Prices | None,
    formula: Formula | None = None,
) -> list[Contender]:
    """Give the qualifying bids their price points, by another formula if one is given."""
    criterion = evaluation.price_criterion
    if criterion is None or prices is None:
        return [contender(each.bid, evaluation.method, each.results) for each in qualifying]
    return [
        contender(
            each.bid,
            evaluation.method,
            {
                **each.results,
                criterion.id: price_result(evaluation, criterion, each.bid, prices, formula),
            },
        )
        for each in qualifying
    ]


def price_result(
    evaluation: Evaluation,
    criterion: Criterion,
    bid: Bid,
    prices: Prices,
    formula: Formula | None = None,
) -> CriterionResult:
    """Work out a bid's percentage and points for its price."""
    price = bid.price or Fraction(0)
    stated = formula or criterion.formula or Formula("")
    top, bottom = price_share(stated, to_grains(price), prices)
    return weighted(criterion, evaluation.method.rounding, PRICE, price, Fraction(top, bottom))


def _decided(evaluation: Evaluation, groups: list[list[Contender]]) -> CutOff | None:
    """Find who advances, with the panel's decision about a tie at the cut-off, if there is one."""
    decision = evaluation.cutoff_decision
    if evaluation.method.advance is None:
        if decision:
            raise _refused("the method does not say how many bids advance", "no decision")
        return None
    line = cut_off([[bid.bid_id for bid in group] for group in groups], evaluation.method.advance)
    if decision is None:
        return line
    for bid_id in decision:
        if bid_id not in line.tied:
            raise _refused(
                f"bid {quoted(bid_id)} is not among the bids tied at the cut-off",
                f"some of: {', '.join(map(quoted, line.tied)) or 'none, nothing is tied there'}",
            )
    if line.tied and len(decision) != line.places:
        raise _refused(f"it names {len(decision)} of the tied bids", f"exactly {line.places}")
    return CutOff(line.advancing | set(decision), (), 0)


def _refused(message: str, expected: str) -> BadEvaluation:
    return BadEvaluation([Problem("$.cutoff_decision", message, expected)])

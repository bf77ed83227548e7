"""Who would have won under another price formula, or without one of the evaluators?"""

from collections.abc import Iterator
from typing import NamedTuple

from scoring.engine.combining import CriterionResult, quality_tables
from scoring.engine.document import MEAN, PRICE_PER_POINT, Cell, Formula
from scoring.engine.evaluate import Ranked, contenders_of
from scoring.engine.price import RELATIVE_FORMULAS
from scoring.engine.ranking import Contender, contender, in_order
from scoring.engine.ties import CutOff, cut_off


def winners_by_formula(ranked: Ranked) -> dict[str, list[str]]:
    """Name the winners that each formula without parameters would have had."""
    evaluation = ranked.evaluation
    qualifying = [found for found in ranked.assessments if not found.shortfalls]
    found = {}
    for name in RELATIVE_FORMULAS:
        contenders = contenders_of(evaluation, qualifying, ranked.prices, Formula(name))
        groups = in_order(contenders, evaluation.method, evaluation.draw_seed)
        found[name] = sorted(bid.bid_id for bid in groups[0])
    return found


class Outcome(NamedTuple):
    """Who wins and who advances; `line` is None where the method has no cut-off."""

    winners: list[str]
    line: CutOff | None


class WithoutEvaluator(NamedTuple):
    """What leaving out one evaluator would change, against the mean of all."""

    evaluator_id: str
    winners: list[str]
    winner_differs: bool
    advancing_differs: bool | None


def without_each_evaluator(
    ranked: Ranked,
) -> tuple[Outcome, list[WithoutEvaluator]] | None:
    """Leave out each evaluator in turn.

    Only cells with two or more individual scores take part, by the mean of these scores; all other
    results, and the qualifying bids, stay as they are. None when there is no such cell.
    """
    panel = _Panel(ranked)
    if not panel.evaluators:
        return None
    baseline = panel.outcome(None)
    found = []
    for evaluator_id in sorted(panel.evaluators):
        outcome = panel.outcome(evaluator_id)
        found.append(
            WithoutEvaluator(
                evaluator_id,
                outcome.winners,
                outcome.winners != baseline.winners,
                None if outcome.line is None else outcome.line != baseline.line,
            )
        )
    return baseline, found


class _Panel:
    """The shared cells of the contenders, ready to be combined again without somebody."""

    def __init__(self, ranked: Ranked) -> None:
        self._evaluation = ranked.evaluation
        by_mean = self._evaluation.method._replace(combine=MEAN)
        self._tables = quality_tables(self._evaluation._replace(method=by_mean))
        self._contenders = ranked.contenders
        self._baseline: dict[str, Contender] = {}
        self.evaluators: set[str] = set()
        for bid in self._contenders:
            for _, cell in self._shared(bid):
                self.evaluators |= cell.individual.keys()

    def _shared(self, bid: Contender) -> Iterator[tuple[str, Cell]]:
        for criterion_id, cell in bid.bid.scores.items():
            if len(cell.individual) > 1:
                yield criterion_id, cell

    def outcome(self, left_out: str | None) -> Outcome:
        """Rank by the mean of the individual scores, without one evaluator or with all."""
        method = self._evaluation.method
        contenders = []
        worthless = []
        for bid in self._contenders:
            results = self._anew(bid, left_out)
            if method.ranking == PRICE_PER_POINT and not any(r.points for r in results.values()):
                # Nothing is left to divide its price by, so it comes after all others.
                worthless.append(bid.bid_id)
            else:
                contenders.append(contender(bid.bid, method, results))
        groups = in_order(contenders, method, self._evaluation.draw_seed)
        ids = [[bid.bid_id for bid in group] for group in groups]
        ids += [worthless] if worthless else []
        line = None if method.advance is None else cut_off(ids, method.advance)
        return Outcome(sorted(ids[0]), line)

    def _anew(self, bid: Contender, left_out: str | None) -> dict[str, CriterionResult]:
        replaced: dict[str, CriterionResult] = {}
        for criterion_id, cell in self._shared(bid):
            scores = cell.individual
            if left_out in scores:
                scores = {name: score for name, score in scores.items() if name != left_out}
            replaced[criterion_id] = self._tables[criterion_id].result(Cell(scores, None))
        return {**bid.results, **replaced}

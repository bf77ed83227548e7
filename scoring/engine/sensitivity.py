"""What could change this result? The part of the result document that answers it.

A figure that has no meaning here is null, and `reasons` says why.
"""

from fractions import Fraction

from scoring.engine.alternatives import winners_by_formula, without_each_evaluator
from scoring.engine.document import HIGHEST_TOTAL, ROUND_POINTS
from scoring.engine.evaluate import Ranked
from scoring.engine.margin import smallest_change
from scoring.engine.numbers import shown
from scoring.engine.reversals import rank_reversals
from scoring.engine.weights import Differences, robustness, weight_interval

Json = dict[str, object]

TIED_WINNERS = "the winners are tied"
ONE_CRITERION = "there is only one criterion"
POINTS_ROUNDED = "points are rounded"
PRICE_RANKING = "bids are ranked by price, not by total"
NO_PRICE_CRITERION = "there is no price criterion"
NO_SHARED_CELL = "no two evaluators scored the same ranked bid on the same criterion"
SAME_THROUGHOUT = "every rival has the same percentages as the winner"
NOT_BY_ONE_SCORE = "no change of one score is enough"


def sensitivity(ranked: Ranked) -> Json | None:
    """Work out what could change a result; None with fewer than two ranked bids."""
    if len(ranked.contenders) < 2:
        return None
    return _Sensitivity(ranked).document()


class _Sensitivity:
    def __init__(self, ranked: Ranked) -> None:
        self.ranked = ranked
        self.decimals = ranked.evaluation.method.display_decimals
        self.reasons: dict[str, str] = {}

    def document(self) -> Json:
        return {
            "weight_intervals": self.weight_intervals(),
            "robustness": self.robustness(),
            "rank_reversals": [
                {"left_out": found.left_out, "changed": found.changed, "winners": found.winners}
                for found in rank_reversals(self.ranked)
            ],
            "evaluators": self.evaluators(),
            "formulas": self.formulas(),
            "margin": self.margin(),
            "reasons": self.reasons,
        }

    def number(self, value: Fraction) -> dict[str, str]:
        return shown(value, self.decimals)

    def why_no_margin(self) -> str | None:
        if len(self.ranked.winners) > 1:
            return TIED_WINNERS
        if self.ranked.evaluation.method.rounding.applies_to == ROUND_POINTS:
            return POINTS_ROUNDED
        return None

    def why_no_weights(self) -> str | None:
        if len(self.ranked.evaluation.criteria) == 1:
            return ONE_CRITERION
        if self.ranked.evaluation.method.ranking != HIGHEST_TOTAL:
            return PRICE_RANKING
        return self.why_no_margin()

    def weights(self) -> dict[str, Fraction]:
        return {each.id: each.weight for each in self.ranked.evaluation.criteria}

    def rivals(self) -> list[Differences]:
        """Give, for each rival, the winner's percentage less its own by criterion."""
        winner, *rivals = self.ranked.contenders
        return [
            {
                name: result.percentage - rival.results[name].percentage
                for name, result in winner.results.items()
            }
            for rival in rivals
        ]

    def weight_intervals(self) -> Json | None:
        why = self.why_no_weights()
        if why:
            self.reasons["weight_intervals"] = why
            return None
        weights, rivals = self.weights(), self.rivals()
        intervals: Json = {}
        for criterion_id in weights:
            low, high = weight_interval(criterion_id, weights, rivals)
            intervals[criterion_id] = {"low": self.number(low), "high": self.number(high)}
        return intervals

    def robustness(self) -> dict[str, str] | None:
        why = self.why_no_weights()
        if why:
            self.reasons["robustness"] = why
            return None
        found = robustness(self.weights(), self.rivals())
        if found is None:
            self.reasons["robustness"] = SAME_THROUGHOUT
            return None
        return self.number(found)

    def evaluators(self) -> Json | None:
        found = without_each_evaluator(self.ranked)
        if found is None:
            self.reasons["evaluators"] = NO_SHARED_CELL
            return None
        baseline, without = found
        return {
            "baseline_winners": baseline.winners,
            "left_out": [
                {
                    "id": each.evaluator_id,
                    "winners": each.winners,
                    "winner_differs": each.winner_differs,
                    "advancing_differs": each.advancing_differs,
                }
                for each in without
            ],
        }

    def formulas(self) -> Json | None:
        if self.ranked.evaluation.price_criterion is None:
            self.reasons["formulas"] = NO_PRICE_CRITERION
            return None
        return dict(winners_by_formula(self.ranked))

    def margin(self) -> Json | None:
        why = self.why_no_margin()
        if why:
            self.reasons["margin"] = why
            return None
        found = smallest_change(self.ranked)
        if found is None:
            self.reasons["margin"] = NOT_BY_ONE_SCORE
            return None
        return {
            "bid": found.bid_id,
            "criterion": found.criterion_id,
            "score": self.number(found.score),
            "changed_score": self.number(found.changed_score),
            "change": self.number(found.change),
            "reached": found.reached,
        }

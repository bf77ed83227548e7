"""What a body chooses is what the engine is given, for every price model and with every extra."""

from decimal import Decimal
from typing import Any

import pytest

from challenges.kinds import PriceModel, Rounded
from challenges.method.rules import BY_CRITERION
from challenges.plan import plan_document
from scoring.engine import BadEvaluation, evaluate_document
from tests.unit.challenges.method.stages import a_question, a_stage


def evaluation(document: dict[str, Any], **more: object) -> dict[str, Any]:
    """Have the engine rank two bids by a plan."""

    def bid(name: str, solves: str, team: str, price: str) -> dict[str, Any]:
        scores = {"solves": {"consensus": solves}, "team": {"consensus": team}}
        return {"id": name, "price": price, "scores": scores}

    bids = [bid("B-GOOD", "5", "4", "40000"), bid("B-CHEAP", "3", "3", "20000")]
    result: dict[str, Any] = evaluate_document(
        {"format": "evaluation/1", **document, "bids": bids, **more}
    )
    return result


@pytest.mark.parametrize(
    ("model", "winner", "value"),
    [
        (PriceModel.FIXED_BUDGET, "B-GOOD", "92"),
        (PriceModel.FIXED_BOUNDS, "B-GOOD", "143/2"),
        (PriceModel.LOWEST_PRICE_RATIO, "B-GOOD", "79"),
        (PriceModel.DEVIATION_FROM_LOWEST, "B-CHEAP", "72"),
        (PriceModel.RANGE_OF_BIDS, "B-CHEAP", "72"),
        # Mean 30,000: 50 + 100/3 percent of 30 points, and 42 for quality.
        (PriceModel.DEVIATION_FROM_MEAN, "B-GOOD", "69"),
        (PriceModel.PRICE_PER_POINT, "B-CHEAP", "1000/3"),
        # 20,000 less 3 × 2,000 and 3 × 500.50.
        (PriceModel.ADJUSTED_PRICE, "B-CHEAP", "24997/2"),
    ],
)
def test_engine_ranks_by_the_frozen_method_of_each_price_model(
    model: PriceModel, winner: str, value: str
) -> None:
    result = evaluation(plan_document(a_stage(model)))

    assert result["winners"] == [winner]
    assert result["bids"][0]["ranking_value"]["exact"] == value


def test_everything_a_method_can_say_reaches_the_engine() -> None:
    stage = a_stage(
        PriceModel.RANGE_OF_BIDS,
        quality_threshold=Decimal("62.5"),
        rounded=Rounded.POINTS,
        rounded_decimals=1,
        tie_break=f"{BY_CRITERION}team price draw",
        below_mean=Decimal("40.5"),
        below_next=Decimal(30),
    )

    method = plan_document(stage)["method"]

    assert method == {
        "weights_total": "100",
        "currency": "GBP",
        "combine": "consensus",
        "ranking": "highest_total",
        "tie_break": ["criterion:team", "price", "draw"],
        "quality_threshold": "62.5",
        "rounding": {"applies_to": "points", "decimals": 1},
        "low_price": {"mean_of_others": "0.405", "next_lowest": "0.3"},
    }
    result = evaluation(plan_document(stage), draw_seed="00ff")
    # 60 percent of the points for quality are less than the threshold.
    assert [bid["outcome"] for bid in result["bids"]] == ["ranked", "below_minimum"]


def test_method_that_says_nothing_more_leaves_the_published_defaults() -> None:
    method = plan_document(a_stage(PriceModel.PRICE_PER_POINT))["method"]

    assert sorted(method) == [
        "combine",
        "currency",
        "quality_threshold",
        "ranking",
        "tie_break",
        "weights_total",
    ]
    assert method["tie_break"] == ["quality", "price"]


def test_ties_stay_where_the_body_wants_no_tie_break() -> None:
    assert (
        plan_document(a_stage(PriceModel.FIXED_BOUNDS, tie_break=""))["method"]["tie_break"] == []
    )


def test_ranking_without_its_worth_is_refused_by_the_engine() -> None:
    stage = a_stage(PriceModel.ADJUSTED_PRICE)
    stage.criteria = [a_question("solves", "60"), a_question("team", "40")]

    with pytest.raises(BadEvaluation):
        evaluation(plan_document(stage))

"""What could change a result: figures worked by hand, and why there is none where there is none."""

from typing import Any

import pytest

from scoring.engine import evaluate_document
from scoring.engine.reversals import changed_bids
from tests.unit.engine.documents import Json, bid, document, exact, price, quality, simple


def sensitivity(given: Json) -> Json:
    result: dict[str, Any] = evaluate_document(given)
    found: Json = result["sensitivity"]
    return found


def two_criteria(**more: object) -> Json:
    """Weights 60 and 40; A has 80 % and 50 %, B has 60 % and 70 %: 68 against 64 points."""
    bids = [bid("A", {"plan": "8", "team": "5"}), bid("B", {"plan": "6", "team": "7"})]
    return document([quality("plan", "60"), quality("team", "40")], bids, **more)


def test_weight_intervals_by_hand() -> None:
    # d is 20 on plan and −20 on team: A leads while plan weighs at least as much as team.
    found = sensitivity(two_criteria())["weight_intervals"]

    assert found == {
        "plan": {
            "low": {"exact": "50", "display": "50.00"},
            "high": {"exact": "100", "display": "100.00"},
        },
        "team": {
            "low": {"exact": "0", "display": "0.00"},
            "high": {"exact": "50", "display": "50.00"},
        },
    }


def test_robustness_by_hand() -> None:
    # (60 × 20 − 40 × 20) / (60 × 20 + 40 × 20) = 400 / 2000
    assert sensitivity(two_criteria())["robustness"] == {"exact": "1/5", "display": "0.20"}


def test_margin_by_hand() -> None:
    # 4 points apart: plan moves 6 points for each score point, team 4. So plan by 2/3: A down or
    # B up; A comes first.
    assert sensitivity(two_criteria())["margin"] == {
        "bid": "A",
        "criterion": "plan",
        "score": {"exact": "8", "display": "8.00"},
        "changed_score": {"exact": "22/3", "display": "7.33"},
        "change": {"exact": "2/3", "display": "0.67"},
        "reached": True,
    }


def test_margin_kept_by_a_tie_break_is_not_reached_at_that_change() -> None:
    margin = sensitivity(two_criteria(method={"tie_break": ["criterion:plan"]}))["margin"]

    assert exact(margin["change"]) is not None
    assert (margin["change"]["exact"], margin["reached"]) == ("2/3", False)


def test_margin_that_is_enough_comes_before_one_of_its_size_that_is_not() -> None:
    # 5 points apart, 5 for each score point. With 1 point less on "a", A is level but keeps its
    # lead by the tie-break; with 1 point less on "b" it loses it.
    bids = [bid("A", {"a": "5", "b": "8"}), bid("B", {"a": "5", "b": "7"})]
    criteria = [quality("a", "50"), quality("b", "50")]
    margin = sensitivity(document(criteria, bids, method={"tie_break": ["criterion:b"]}))["margin"]

    assert (margin["bid"], margin["criterion"]) == ("A", "b")
    assert (margin["change"]["exact"], margin["reached"]) == ("1", True)


def test_margin_of_a_winner_by_tie_break_is_nothing() -> None:
    given = simple(method={"tie_break": ["draw"]}, draw_seed="5eed")
    given["bids"][1]["scores"]["quality"] = {"consensus": "8"}

    margin = sensitivity(given)["margin"]
    assert (margin["change"]["exact"], margin["reached"], margin["bid"]) == ("0", False, "A")


def test_margin_with_rounded_percentages_ends_at_a_rounding_step() -> None:
    # A 79.6 %, B 50 %, whole percentages: B rounds to 80 from 79.5 on, 2.95 more; A rounds to 50
    # just below 50.5, 2.91 less, and 50.5 itself is not enough.
    given = simple(method={"rounding": {"applies_to": "percentage", "decimals": 0}})
    given["bids"][0]["scores"]["quality"]["consensus"] = "7.96"

    margin = sensitivity(given)["margin"]
    assert (margin["bid"], margin["change"]["exact"]) == ("A", "291/100")
    assert margin["reached"] is False


def test_margin_with_rounded_percentages_going_up_is_reached() -> None:
    # A falls below 50.5 by anything more than 2.95; B reaches 79.5 by exactly 2.95.
    given = simple(method={"rounding": {"applies_to": "percentage", "decimals": 0}})

    margin = sensitivity(given)["margin"]
    assert (margin["bid"], margin["change"]["exact"]) == ("B", "59/20")
    assert (margin["changed_score"]["exact"], margin["reached"]) == ("159/20", True)


def test_margin_out_of_reach_of_any_one_score_is_absent() -> None:
    criteria = [quality("a", "20"), quality("b", "20"), price("60")]
    bids = [
        bid("A", {"a": "0", "b": "0"}, price="1"),
        bid("B", {"a": "0", "b": "0"}, price="100"),
    ]
    found = sensitivity(document(criteria, bids))

    assert found["margin"] is None
    assert found["reasons"]["margin"] == "no change of one score is enough"


def price_ranked(ranking: str, **more: object) -> Json:
    method = {"ranking": ranking, **more}
    bids = [bid("A", {"quality": "8"}, price="800"), bid("B", {"quality": "5"}, price="1000")]
    return document([quality("quality", "100")], bids, method=method)


def test_margin_of_price_per_point_by_hand() -> None:
    # A 800 / 80 = 10, B 1000 / 50 = 20. A at 4 has 800 / 40 = 20: 4 less. B would need 10.
    found = sensitivity(price_ranked("lowest_price_per_quality_point", quality_threshold="1"))

    margin = found["margin"]
    assert (margin["bid"], margin["change"]["exact"], margin["reached"]) == ("A", "4", True)
    assert found["weight_intervals"] is None
    assert found["reasons"]["weight_intervals"] == "there is only one criterion"


def test_margin_of_quality_adjusted_price_by_hand() -> None:
    # A 800 − 8 × 100 = 0, B 1000 − 5 × 100 = 500. 5 points of score are needed: B to 10.
    given = price_ranked("lowest_quality_adjusted_price", value_per_point={"quality": "100"})

    margin = sensitivity(given)["margin"]
    assert (margin["bid"], margin["change"]["exact"]) == ("A", "5")


@pytest.mark.parametrize(
    "given",
    [
        price_ranked("lowest_quality_adjusted_price", value_per_point={"quality": "0"}),
        {
            **price_ranked("lowest_price_per_quality_point", quality_threshold="1"),
            "bids": [bid("A", {"quality": "1"}, price="0"), bid("B", {"quality": "9"}, price="1")],
        },
    ],
    ids=["a point is worth nothing", "the winner costs nothing"],
)
def test_margin_where_quality_cannot_matter_is_absent(given: Json) -> None:
    assert sensitivity(given)["reasons"]["margin"] == "no change of one score is enough"


PER_POINT = {"ranking": "lowest_price_per_quality_point", "quality_threshold": "1"}


@pytest.mark.parametrize(
    ("given", "reasons"),
    [
        (
            simple(),
            {
                "weight_intervals": "there is only one criterion",
                "robustness": "there is only one criterion",
                "evaluators": "no two evaluators scored the same ranked bid on the same criterion",
                "formulas": "there is no price criterion",
            },
        ),
        (
            two_criteria(method={"rounding": {"applies_to": "points", "decimals": 0}}),
            {
                "weight_intervals": "points are rounded",
                "robustness": "points are rounded",
                "margin": "points are rounded",
            },
        ),
        (
            two_criteria(method=PER_POINT),
            {
                "weight_intervals": "bids are ranked by price, not by total",
                "robustness": "bids are ranked by price, not by total",
            },
        ),
    ],
    ids=["one criterion", "points rounded", "price ranking"],
)
def test_sensitivity_figure_without_meaning_is_null_with_its_reason(
    given: Json, reasons: dict[str, str]
) -> None:
    for number, each in enumerate(given["bids"]):
        each["price"] = str(100 + number)
    found = sensitivity(given)

    for figure, reason in reasons.items():
        assert found[figure] is None
        assert found["reasons"][figure] == reason


def test_sensitivity_tied_winners_have_no_margin_and_no_weights() -> None:
    given = two_criteria()
    given["bids"][1]["scores"] = given["bids"][0]["scores"]
    found = sensitivity(given)

    for figure in ("weight_intervals", "robustness", "margin"):
        assert found[figure] is None
        assert found["reasons"][figure] == "the winners are tied"


def test_robustness_same_percentages_throughout_is_null() -> None:
    given = two_criteria(method={"tie_break": ["draw"]}, draw_seed="00")
    given["bids"][1]["scores"] = given["bids"][0]["scores"]
    found = sensitivity(given)

    assert found["robustness"] is None
    assert found["reasons"]["robustness"] == "every rival has the same percentages as the winner"
    assert found["weight_intervals"]["plan"]["low"]["exact"] == "0"
    assert found["weight_intervals"]["plan"]["high"]["exact"] == "100"


@pytest.mark.parametrize("kept", [0, 1])
def test_sensitivity_fewer_than_two_ranked_bids_is_null(kept: int) -> None:
    given = simple()
    given["bids"] = given["bids"][:kept]

    assert evaluate_document(given)["sensitivity"] is None


def test_sensitivity_left_out_when_not_wanted() -> None:
    assert "sensitivity" not in evaluate_document(simple(), sensitivity=False)


# Leaving bids out


def reversing() -> Json:
    """Make a rank reversal: with C, A is ahead of B; without it B is ahead of A.

    Quality 50, price 50 by lowest price ratio. A: 50 % and 100; B: 91 % and 200; C: 0 % and 50.
    With C: A 25 + 25 = 50, B 45.5 + 12.5 = 58, C 50. Without C: A 25 + 50 = 75, B 45.5 + 25 = 70.5.
    """
    bids = [
        bid("A", {"quality": "5"}, price="100"),
        bid("B", {"quality": "9.1"}, price="200"),
        bid("C", {"quality": "0"}, price="50"),
    ]
    return document([quality("quality", "50"), price("50")], bids)


def test_rank_reversals_by_hand() -> None:
    assert sensitivity(reversing())["rank_reversals"] == [
        {"left_out": "C", "changed": ["A", "B"], "winners": ["A"]}
    ]


def test_rank_reversals_tie_by_the_price_criterion_is_broken_anew() -> None:
    # Without C, A and B tie at 75; A has the higher price points.
    given = reversing()
    given["bids"][1]["scores"]["quality"]["consensus"] = "10"
    given["method"] = {"tie_break": ["criterion:price"]}
    found = sensitivity(given)["rank_reversals"]

    assert found == [{"left_out": "C", "changed": ["A", "B"], "winners": ["A"]}]


def test_rank_reversals_tie_that_appears_is_a_change_of_order() -> None:
    given = reversing()
    given["bids"][1]["scores"]["quality"]["consensus"] = "10"
    found = sensitivity(given)["rank_reversals"]

    assert found == [{"left_out": "C", "changed": ["A", "B"], "winners": ["A", "B"]}]


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ([["A"], ["B"], ["C"]], [["A"], ["B"], ["C"]], []),
        ([["A"], ["B"], ["C"]], [["A"], ["C"], ["B"]], ["B", "C"]),
        ([["A"], ["B"], ["C"]], [["C"], ["B"], ["A"]], ["A", "B", "C"]),
        ([["A"], ["B"], ["C"], ["D"]], [["B"], ["A"], ["D"], ["C"]], ["A", "B", "C", "D"]),
        ([["A", "B"], ["C"]], [["A"], ["B"], ["C"]], ["A", "B"]),
        ([["A"], ["B"], ["C"]], [["A", "B"], ["C"]], ["A", "B"]),
        ([["A", "B"], ["C", "D"]], [["C", "D"], ["A", "B"]], ["A", "B", "C", "D"]),
        ([["A", "B"], ["C", "D"]], [["A", "C"], ["B", "D"]], ["A", "B", "C", "D"]),
        ([["A"], ["B"], ["C"], ["D"], ["E"]], [["A"], ["D"], ["C"], ["B"], ["E"]], ["B", "C", "D"]),
    ],
)
def test_changed_bids_names_who_stands_otherwise_to_another(
    before: list[list[str]], after: list[list[str]], changed: list[str]
) -> None:
    assert changed_bids(before, after) == changed


def test_formulas_by_hand() -> None:
    # A: quality 50, B: 91, C: 0 of 100; weights 50 and 50; prices 100, 200, 50, mean 350/3.
    # lowest ratio: 50, 58, 50. From lowest: A 25 + 0, B 45.5 + 0, C 50.
    # Range: A 25 + 50 × 2/3 = 58.3, B 45.5, C 50.
    # From mean: A 25 + 50 × 64.3 % = 57.1, B 45.5, C 50.
    assert sensitivity(reversing())["formulas"] == {
        "lowest_price_ratio": ["B"],
        "deviation_from_lowest": ["C"],
        "range_of_bids": ["A"],
        "deviation_from_mean": ["A"],
    }


# Leaving evaluators out


def panel(**more: object) -> Json:
    """Two bids, three evaluators: means 5 and 14/3; without e3 it is 4 and 5."""
    bids = [
        bid("A", {"quality": {"e1": "4", "e2": "4", "e3": "7"}}),
        bid("B", {"quality": {"e1": "5", "e2": "5", "e3": "4"}}),
    ]
    return document([quality("quality", "100")], bids, **more)


def test_evaluators_by_hand() -> None:
    # Without e1: A 5.5, B 4.5; without e2 the same; without e3: A 4, B 5.
    assert sensitivity(panel(method={"advance": 1}))["evaluators"] == {
        "baseline_winners": ["A"],
        "left_out": [
            {"id": name, "winners": winners, "winner_differs": moved, "advancing_differs": moved}
            for name, winners, moved in (
                ("e1", ["A"], False),
                ("e2", ["A"], False),
                ("e3", ["B"], True),
            )
        ],
    }


def test_evaluators_without_a_cut_off_say_nothing_about_advancing() -> None:
    for each in sensitivity(panel())["evaluators"]["left_out"]:
        assert each["advancing_differs"] is None


def test_evaluators_baseline_is_the_mean_even_where_the_panel_agreed_otherwise() -> None:
    given = panel()
    given["bids"][1]["scores"]["quality"]["consensus"] = "9"
    result: Json = evaluate_document(given)

    assert result["winners"] == ["B"]
    assert result["sensitivity"]["evaluators"]["baseline_winners"] == ["A"]


def test_evaluators_cell_of_one_evaluator_stays_as_it_is() -> None:
    given = panel()
    given["bids"].append(bid("C", {"quality": {"e1": "4.9"}}))
    found = sensitivity(given)["evaluators"]["left_out"]

    # Leaving e1 out leaves C its only score; it is never ahead of A without e1.
    assert [each["winners"] for each in found] == [["A"], ["A"], ["B"]]


def test_evaluators_qualifying_bids_are_held() -> None:
    # Without e3, A falls to 4, below the minimum, and still stands in the order.
    given = panel()
    given["criteria"][0]["min_score"] = "4.5"

    assert sensitivity(given)["evaluators"]["left_out"][2]["winners"] == ["B"]


def test_evaluators_price_per_point_with_no_points_left_comes_last() -> None:
    bids = [
        bid("A", {"quality": {"e1": "0", "e2": "9"}}, price="1"),
        bid("B", {"quality": {"e1": "5", "e2": "5"}}, price="100"),
    ]
    given = document([quality("quality", "100")], bids, method=PER_POINT)
    found = sensitivity(given)["evaluators"]

    assert found["baseline_winners"] == ["A"]
    assert [each["winners"] for each in found["left_out"]] == [["A"], ["B"]]


def test_rank_reversals_with_fixed_bounds_there_are_none() -> None:
    given = reversing()
    given["criteria"][1] = price("50", "fixed_bounds", best="50", worst="200")

    assert sensitivity(given)["rank_reversals"] == []


@pytest.mark.parametrize("step", ["quality", "price", "criterion:quality"])
def test_rank_reversals_new_tie_is_broken_by_what_did_not_move(step: str) -> None:
    # Without C, A (quality 5, price 100) and B (quality 10, price 200) tie at 75.
    given = reversing()
    given["bids"][1]["scores"]["quality"]["consensus"] = "10"
    given["method"] = {"tie_break": [step]}
    found = sensitivity(given)["rank_reversals"]

    wanted = [{"left_out": "C", "changed": ["A", "B"], "winners": ["A"]}]
    assert found == (wanted if step == "price" else [])


def test_margin_a_point_worth_nothing_is_no_way_to_win() -> None:
    method = {
        "ranking": "lowest_quality_adjusted_price",
        "value_per_point": {"a": "0", "b": "1"},
        "tie_break": ["quality"],
    }
    bids = [bid("A", {"a": "5", "b": "5"}, price="9"), bid("B", {"a": "4", "b": "5"}, price="9")]
    given = document([quality("a", "50"), quality("b", "50")], bids, method=method)

    margin = sensitivity(given)["margin"]
    assert (margin["bid"], margin["criterion"], margin["change"]["exact"]) == ("A", "b", "0")


def test_weights_differences_below_one_percent_count() -> None:
    # A 50.3 and 50.0, B 50.0 and 50.2 %, weights 50 and 50: a lead of 15 − 10 of 25 weighed up.
    bids = [bid("A", {"a": "50.3", "b": "50"}), bid("B", {"a": "50", "b": "50.2"})]
    given = document([quality("a", "50", "100"), quality("b", "50", "100")], bids)
    found = sensitivity(given)

    assert found["robustness"]["exact"] == "1/5"
    assert found["weight_intervals"]["a"]["low"]["exact"] == "40"
    assert found["weight_intervals"]["a"]["high"]["exact"] == "100"
    assert found["weight_intervals"]["b"]["high"]["exact"] == "60"


def test_robustness_is_that_of_the_rival_who_is_nearest() -> None:
    # Against B 400 / 2000 = 1/5, against C 2000 / 2000 = 1, whichever comes first.
    given = two_criteria()
    given["bids"].append(bid("C", {"plan": "6", "team": "3"}))

    assert sensitivity(given)["robustness"]["exact"] == "1/5"


def test_robustness_of_small_weights_counts_small_differences() -> None:
    # Weights 0.5 and 0.5, differences 0.3 and −0.2: (0.15 − 0.1) / (0.15 + 0.1) = 1/5.
    bids = [bid("A", {"a": "50.3", "b": "50"}), bid("B", {"a": "50", "b": "50.2"})]
    criteria = [quality("a", "0.5", "100"), quality("b", "0.5", "100")]
    given = document(criteria, bids, method={"weights_total": 1})

    assert sensitivity(given)["robustness"]["exact"] == "1/5"

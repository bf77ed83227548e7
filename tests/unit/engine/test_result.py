"""The result document: its shape, its order, and the trace a person can follow."""

import json
from typing import Any

import pytest

from scoring.engine import ENGINE_NAME, ENGINE_VERSION, evaluate, evaluate_document
from tests.unit.engine.documents import (
    Json,
    bid,
    by_id,
    carried,
    document,
    price,
    quality,
    simple,
    with_price,
)


def trace(given: Json, bid_id: str = "A") -> list[str]:
    lines: Any = by_id(evaluate_document(given))[bid_id]["trace"]
    return list(lines)


def test_result_has_the_published_keys() -> None:
    result: Json = evaluate_document(with_price())

    assert set(result) == {
        "format",
        "engine",
        "input_sha256",
        "bids",
        "winners",
        "cutoff_tie",
        "low_price",
        "sensitivity",
        "panel",
    }
    assert result["format"] == "evaluation-result/1"
    assert result["engine"] == {"name": ENGINE_NAME, "version": ENGINE_VERSION}
    assert set(result["sensitivity"]) == {
        "weight_intervals",
        "robustness",
        "rank_reversals",
        "evaluators",
        "formulas",
        "margin",
        "reasons",
    }


def test_result_ranked_bid_in_full() -> None:
    result: Json = evaluate_document(with_price(), sensitivity=False)

    # A has 48 + 80/3 points and is ahead of B with 42 + 32.
    assert result["bids"][1] == {
        "id": "B",
        "outcome": "ranked",
        "reasons": [],
        "criteria": {
            "quality": {
                "score": {"exact": "7", "display": "7.00"},
                "percentage": {"exact": "70", "display": "70.00"},
                "points": {"exact": "42", "display": "42.00"},
                "source": "consensus",
            },
            "price": {
                "score": {"exact": "100", "display": "100.00"},
                "percentage": {"exact": "80", "display": "80.00"},
                "points": {"exact": "32", "display": "32.00"},
                "source": "price",
            },
        },
        "total": {"exact": "74", "display": "74.00"},
        "ranking_value": {"exact": "74", "display": "74.00"},
        "rank": 2,
        "tied": False,
        "advances": None,
        "trace": [
            "Price: price 100; 100 × 80 (lowest price) / 100 = 80 %; "
            "80 / 100 × weight 40 = 32 points",
            "Quality: agreed score 7 of 10; 100 × 7 / 10 = 70 %; 70 / 100 × weight 60 = 42 points",
            "Total: 42 + 32 = 74 points",
            "Rank 2 (highest value first)",
        ],
    }


def test_result_rejected_bid_in_full() -> None:
    given = with_price(method={"advance": 1})
    given["bids"].append({"id": "X", "status": "ineligible", "reason": "No such supplier"})
    absent = {"score": None, "percentage": None, "points": None, "source": None}

    assert by_id(evaluate_document(given))["X"] == {
        "id": "X",
        "outcome": "ineligible",
        "reasons": ["No such supplier"],
        "criteria": {"quality": absent, "price": absent},
        "total": None,
        "ranking_value": None,
        "rank": None,
        "tied": False,
        "advances": False,
        "trace": ["Not scored: ineligible"],
    }


def test_result_bid_below_minimum_shows_its_quality_and_no_price_points() -> None:
    given = with_price()
    given["criteria"][0]["min_score"] = "5"
    found = by_id(evaluate_document(given))["C"]

    assert found["reasons"] == ['criterion "quality": the score 3 is below the minimum 5']
    assert found["criteria"]["quality"]["points"]["exact"] == "18"
    assert found["criteria"]["price"] == {
        "score": {"exact": "80", "display": "80.00"},
        "percentage": None,
        "points": None,
        "source": "price",
    }
    assert found["trace"] == [
        "Quality: agreed score 3 of 10; 100 × 3 / 10 = 30 %; 30 / 100 × weight 60 = 18 points",
        'Not ranked: criterion "quality": the score 3 is below the minimum 5',
    ]


def test_result_bid_below_the_threshold_says_how_far_it_came() -> None:
    given = simple(method={"quality_threshold": "66"})
    given["bids"][1]["scores"]["quality"] = {"by_evaluator": {"e1": "6", "e2": "7", "e3": "6"}}

    assert by_id(evaluate_document(given))["B"]["reasons"] == [
        "quality reaches 190/3 percent, which is below the threshold of 66 percent"
    ]


def test_result_bids_stand_by_rank_then_id_and_the_unranked_after() -> None:
    scores = {"e": "5", "d": "9", "c": "5", "b": "7"}
    bids = [bid(name, {"quality": score}) for name, score in scores.items()]
    bids += [{"id": "z", "status": "withdrawn"}, {"id": "a", "status": "excluded"}]
    result: Json = evaluate_document(document([quality("quality", "100")], bids))

    assert [each["id"] for each in result["bids"]] == ["d", "b", "c", "e", "a", "z"]
    assert [each["rank"] for each in result["bids"]] == [1, 2, 3, 3, None, None]


def test_result_tied_winners_stand_by_id() -> None:
    bids = [bid(name, {"quality": "5"}) for name in ("b", "c", "a")]
    result: Json = evaluate_document(document([quality("quality", "100")], bids))

    assert result["winners"] == ["a", "b", "c"]
    assert [each["id"] for each in result["bids"]] == ["a", "b", "c"]


def test_result_display_decimals_are_only_for_display() -> None:
    given = simple(method={"display_decimals": 0})
    given["bids"][0]["scores"]["quality"] = {"by_evaluator": {"e1": "6", "e2": "7", "e3": "6"}}

    assert by_id(evaluate_document(given))["A"]["total"] == {"exact": "190/3", "display": "63"}


def test_result_low_price_flags_stand_by_bid_then_detector() -> None:
    method = {"low_price": {"mean_of_others": "0", "next_lowest": "0"}}
    # Prices 120, 100, 80: B is level with the mean of the others, C below; A below nothing.
    result: Json = evaluate_document(with_price(method=method))

    assert [(flag["bid"], flag["detector"]) for flag in result["low_price"]] == [
        ("B", "mean_of_others"),
        ("B", "next_lowest"),
        ("C", "mean_of_others"),
        ("C", "next_lowest"),
    ]


@pytest.mark.parametrize(("limit", "flagged"), [("0.25", ["A"]), ("0.26", [])])
def test_result_low_price_next_lowest_flags_from_its_limit_on(
    limit: str, flagged: list[str]
) -> None:
    # 75 against 100: 1 − 75 / 100 = 0.25.
    given = simple(method={"low_price": {"next_lowest": limit}})
    given["bids"][0]["price"], given["bids"][1]["price"] = "75", "100"
    result: Json = evaluate_document(given)

    assert [flag["bid"] for flag in result["low_price"]] == flagged


def test_result_low_price_of_all_zero_flags_nothing() -> None:
    given = simple(method={"low_price": {"mean_of_others": "0", "next_lowest": "0"}})
    for each in given["bids"]:
        each["price"] = "0"

    assert evaluate_document(given)["low_price"] == []


def test_result_low_price_is_over_qualifying_bids_only() -> None:
    given = simple(method={"low_price": {"next_lowest": "0.1"}})
    given["bids"][0]["price"], given["bids"][1]["price"] = "10", "100"
    given["criteria"][0]["min_score"] = "6"

    assert evaluate_document(given)["low_price"] == []


# The trace


def test_trace_of_a_mean_and_a_ratio_can_be_followed() -> None:
    given = with_price()
    given["bids"][0]["scores"]["quality"] = {"by_evaluator": {"e2": "7", "e1": "6", "e3": "6"}}

    assert trace(given) == [
        "Price: price 120; 100 × 80 (lowest price) / 120 = 200/3 (66.67) %; "
        "200/3 (66.67) / 100 × weight 40 = 80/3 (26.67) points",
        "Quality: scores e1 6, e2 7, e3 6; their mean is 19/3 (6.33) of 10; "
        "100 × 19/3 (6.33) / 10 = 190/3 (63.33) %; "
        "190/3 (63.33) / 100 × weight 60 = 38 points",
        "Total: 38 + 80/3 (26.67) = 194/3 (64.67) points",
        "Rank 2 (highest value first)",
    ]


@pytest.mark.parametrize(
    ("criterion", "steps"),
    [
        (price("40", "deviation_from_lowest"), "100 × (1 − (120 − 80 (lowest price)) / 80) = 50 %"),
        (
            price("40", "range_of_bids"),
            "100 × (120 (highest price) − 120) / (120 − 80 (lowest price)) = 0 %",
        ),
        (price("40", "deviation_from_mean"), "50 − 100 × (120 − 100 (mean price)) / 100 = 30 %"),
        (
            price("40", "fixed_bounds", best="100", worst="200"),
            "100 × (200 (worst) − 120) / (200 − 100 (best)) = 80 %",
        ),
    ],
    ids=lambda value: value["formula"]["name"] if isinstance(value, dict) else "",
)
def test_trace_shows_each_formula_with_its_numbers(criterion: Json, steps: str) -> None:
    given = with_price()
    given["criteria"][1] = criterion

    assert f"Price: price 120; {steps};" in trace(given)[0]


def test_trace_names_a_criterion_without_title_by_its_id() -> None:
    given = simple()
    given["criteria"][0]["title"] = ""

    assert trace(given)[0].startswith("quality: agreed score 8 of 10")


def test_trace_of_a_median_says_so() -> None:
    given = simple(method={"combine": "median"})
    for each in given["bids"]:
        each["scores"]["quality"] = {"by_evaluator": {"e1": "6", "e2": "9", "e3": "8"}}

    assert "scores e1 6, e2 9, e3 8; their median is 8 of 10" in trace(given)[0]


def test_trace_shows_rounding_of_percentages_and_of_points() -> None:
    given = simple(method={"rounding": {"applies_to": "percentage", "decimals": 0}})
    given["criteria"][0]["max_score"] = "9"
    assert "100 × 8 / 9 = 800/9 (88.89) %, rounded to 89 %; 89 / 100" in trace(given)[0]

    given["method"]["rounding"]["applies_to"] = "points"
    assert trace(given)[0].endswith("× weight 100 = 800/9 (88.89), rounded to 89 points")


def test_trace_of_a_carried_percentage_says_where_it_is_from() -> None:
    bids = [bid("A", {"quality": "5"}, carried={"early": "248/3"})]
    given = document([quality("quality", "50"), carried("early", "50")], bids)

    assert trace(given)[0] == (
        "Earlier stage: 248/3 (82.67) % from an earlier stage; "
        "248/3 (82.67) / 100 × weight 50 = 124/3 (41.33) points"
    )


def test_trace_of_price_rankings_shows_the_value_that_ranks() -> None:
    given = simple(method={"ranking": "lowest_price_per_quality_point", "quality_threshold": "1"})
    for each in given["bids"]:
        each["price"] = "1000"
    assert trace(given)[1:] == [
        "Total: 80 = 80 points",
        "Price per quality point: 1000 / 80 = 12.5",
        "Rank 1 (lowest value first)",
    ]

    given["method"] = {
        "ranking": "lowest_quality_adjusted_price",
        "value_per_point": {"quality": "150.5"},
    }
    assert trace(given)[2] == "Quality-adjusted price: 1000 − 150.5 × 8 = -204"


@pytest.mark.parametrize(
    ("tied", "words"), [(2, "shared with 1 other bid "), (3, "shared with 2 other bids ")]
)
def test_trace_of_a_shared_rank_says_with_how_many(tied: int, words: str) -> None:
    bids = [bid(f"b{number}", {"quality": "5"}) for number in range(tied)]
    last = trace(document([quality("quality", "100")], bids), "b0")[-1]

    assert last == f"Rank 1, {words}(highest value first)"


def test_evaluate_text_bytes_and_values_give_the_same() -> None:
    given = with_price()
    text = json.dumps(given)

    assert evaluate(text) == evaluate(text.encode()) == evaluate_document(given)


def test_evaluate_document_leaves_its_input_alone() -> None:
    given = with_price()
    before = json.dumps(given)
    evaluate_document(given)

    assert json.dumps(given) == before


def test_quality_adjusted_price_a_score_of_zero_is_worth_nothing() -> None:
    method = {
        "ranking": "lowest_quality_adjusted_price",
        "value_per_point": {"quality": "100"},
    }
    given = document(
        [quality("quality", "100")], [bid("A", {"quality": "0"}, price="50")], method=method
    )

    assert by_id(evaluate_document(given))["A"]["ranking_value"]["exact"] == "50"


def test_price_of_zero_is_a_price_in_every_ranking() -> None:
    method: Json = {"ranking": "lowest_price_per_quality_point", "quality_threshold": "1"}
    given = document(
        [quality("quality", "100")], [bid("A", {"quality": "5"}, price="0")], method=method
    )
    assert by_id(evaluate_document(given))["A"]["ranking_value"]["exact"] == "0"

    given["method"] = {
        "ranking": "lowest_quality_adjusted_price",
        "value_per_point": {"quality": "3"},
    }
    assert by_id(evaluate_document(given))["A"]["ranking_value"]["exact"] == "-15"


@pytest.mark.parametrize(
    ("formula", "prices", "first", "second"),
    [
        (
            "lowest_price_ratio",
            ("0", "5"),
            "price 0; the lowest price = 100 %;",
            "price 5; any price where the lowest is 0 = 0 %;",
        ),
        (
            "deviation_from_lowest",
            ("0", "5"),
            "price 0; the lowest price = 100 %;",
            "price 5; any price where the lowest is 0 = 0 %;",
        ),
        (
            "deviation_from_lowest",
            ("1", "3"),
            "price 1; 100 × (1 − (1 − 1 (lowest price)) / 1) = 100 %;",
            "price 3; 100 × (1 − (3 − 1 (lowest price)) / 1) = -100 %, kept within 0 and 100: 0 %;",
        ),
        (
            "range_of_bids",
            ("7", "7"),
            "price 7; the only price there is = 100 %;",
            "price 7; the only price there is = 100 %;",
        ),
        (
            "deviation_from_mean",
            ("0", "0"),
            "price 0; any price where the mean is 0 = 50 %;",
            "price 0; any price where the mean is 0 = 50 %;",
        ),
    ],
)
def test_trace_puts_the_edges_of_formulas_into_words(
    formula: str, prices: tuple[str, str], first: str, second: str
) -> None:
    bids = [bid(n, {"quality": "5"}, price=p) for n, p in zip("AB", prices, strict=True)]
    given = document([quality("quality", "60"), price("40", formula)], bids)

    assert first in trace(given, "A")[0]
    assert second in trace(given, "B")[0]

"""Sentences about what could change a result, on results whose answer is known."""

from typing import Any

from scoring.engine import evaluate_document
from scoring.explanation.sentences import explain
from scoring.report.facts import Criterion
from scoring.report.values import CriterionKind

CRITERIA = (
    Criterion("a", "Solves it", CriterionKind.QUALITY, "60", "10"),
    Criterion("b", "Team", CriterionKind.QUALITY, "40", "10"),
)
NAMES = {"x": "Loom", "y": "Quill", "z": "Thistle"}


def document(bids: dict[str, tuple[str, str]], **changes: Any) -> dict[str, Any]:
    return {
        "format": "evaluation/1",
        "criteria": [
            {
                "id": each.id,
                "kind": "quality",
                "weight": each.weight,
                "max_score": "10",
                "title": each.title,
            }
            for each in CRITERIA
        ],
        "method": {},
        "bids": [
            {"id": name, "scores": {"a": {"consensus": a}, "b": {"consensus": b}}}
            for name, (a, b) in bids.items()
        ],
    } | changes


def said(value: dict[str, Any], people: dict[str, str] | None = None) -> dict[str, str]:
    topics = explain(evaluate_document(value), CRITERIA, NAMES, people or {})
    return {topic.id: " ".join(map(str, topic.sentences)) for topic in topics}


def test_explain_of_one_bid_says_nothing() -> None:
    assert said(document({"x": ("8", "8")})) == {}


def test_explain_of_a_close_result_names_the_smallest_change() -> None:
    words = said(document({"x": ("8", "7"), "y": ("7", "8")}))
    # 0.2 × 10 points apart: one score of weight 60 need move by a third of a point.
    assert words["margin"] == (
        "The smallest change of a single score that would end the sole first place is 0.33. "
        "It is the score of Loom for “Solves it”: from 8.00 to 7.67. "
        "All other scores, and every price, would stay as they are."
    )


def test_explain_of_a_result_that_hangs_on_a_weight_names_it_and_its_range() -> None:
    words = said(document({"x": ("8", "7"), "y": ("7", "8")}))
    assert "up to 20 % higher or lower" in words["weights"]
    assert (
        "“Solves it”: published as 60, it could have been anything from 50.00 to 100.00"
        in (words["weights"])
    )


def test_explain_of_a_bid_best_on_everything_says_weights_do_not_matter() -> None:
    words = said(document({"x": ("9", "9"), "y": ("7", "8")}))
    assert "No other weights would put another bid ahead" in words["weights"]
    assert "Whatever weight any one criterion had been given" in words["weights"]


def test_explain_of_tied_winners_says_why_there_is_no_margin() -> None:
    words = said(document({"x": ("8", "8"), "y": ("8", "8")}))
    assert words["margin"] == ("There is no single smallest change to name: the winners are tied.")


def test_explain_with_a_deciding_evaluator_names_them() -> None:
    value = document({"x": ("5", "5"), "y": ("5", "5")})
    scores = {"x": ("9", "5", "5"), "y": ("5", "6", "6")}
    for bid in value["bids"]:
        for criterion in ("a", "b"):
            bid["scores"][criterion] = {
                "by_evaluator": dict(zip(("e1", "e2", "e3"), scores[bid["id"]], strict=True))
            }
    words = said(value, {"e1": "Ishbel Fankle"})
    assert words["evaluators"] == (
        "Without Ishbel Fankle, by the average of the others’ own scores, first would be Quill "
        "instead of Loom."
    )


def priced(prices: dict[str, str], scores: dict[str, str]) -> dict[str, Any]:
    value = document({name: (score, score) for name, score in scores.items()})
    value["criteria"][0] = {
        "id": "a",
        "title": "Price",
        "kind": "price",
        "weight": "60",
        "formula": {"name": "lowest_price_ratio"},
    }
    for bid in value["bids"]:
        bid["price"] = prices[bid["id"]]
        del bid["scores"]["a"]
    return value


def test_explain_with_a_rank_reversal_says_whose_bid_turns_the_order() -> None:
    words = said(priced({"x": "50", "y": "100", "z": "120"}, {"x": "0", "y": "6.8", "z": "9"}))
    assert "Without the bid of Loom, the order of these would change" in words["rank_reversals"]


def test_explain_with_no_reversal_says_the_order_would_stay() -> None:
    words = said(document({"x": ("8", "7"), "y": ("7", "8"), "z": ("1", "1")}))
    assert words["rank_reversals"].endswith("the order of the others would stay.")


def test_explain_names_other_price_formulas_only_where_another_bid_would_be_first() -> None:
    same = said(priced({"x": "100", "y": "200"}, {"x": "9", "y": "1"}))
    assert same["formulas"] == "Under every other common price formula the same bid would be first."


def test_explain_without_a_price_has_nothing_to_say_about_formulas() -> None:
    assert "formulas" not in said(document({"x": ("8", "7"), "y": ("7", "8")}))

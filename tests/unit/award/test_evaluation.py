"""How plan, bids and scores become the document that the engine reads."""

from decimal import Decimal
from typing import Any

import pytest

from scoring.award.evaluation import Judged, evaluation_document, plain, pounds
from scoring.engine import evaluate_document

PLAN: dict[str, Any] = {
    "criteria": [
        {"id": "solves", "title": "Solves", "kind": "quality", "weight": "70", "max_score": "5"},
        {
            "id": "price",
            "title": "Price",
            "kind": "price",
            "weight": "30",
            "formula": {"type": "lowest_price_ratio"},
        },
    ],
    "method": {"ranking": "highest_total"},
}


def document(*bids: Judged) -> dict[str, Any]:
    return evaluation_document(
        PLAN, title="Why?", challenge="CH-1", stage="1", evaluators={"E2": [], "E1": []}, bids=bids
    )


def test_document_takes_the_frozen_plan_unchanged() -> None:
    made = document()

    assert made["format"] == "evaluation/1"
    assert made["criteria"] is PLAN["criteria"]
    assert made["method"] is PLAN["method"]


def test_document_lists_evaluators_by_label_and_says_who_stands_aside() -> None:
    made = evaluation_document(
        PLAN,
        title="Why?",
        challenge="CH-1",
        stage="1",
        evaluators={"E2": ["B-2", "B-1"], "E1": []},
        bids=[],
    )

    assert made["evaluators"] == [{"id": "E1"}, {"id": "E2", "recused_from": ["B-1", "B-2"]}]


def test_document_orders_bids_by_reference_whatever_order_they_come_in() -> None:
    bids = [
        Judged("B-2", "Two Ltd", "valid", None, None),
        Judged("B-1", "One Ltd", "valid", None, None),
    ]

    made = document(*bids)

    assert made == document(*reversed(bids))
    assert [bid["id"] for bid in made["bids"]] == ["B-1", "B-2"]


def test_document_writes_scores_in_plain_digits_with_each_evaluators_own() -> None:
    bid = Judged(
        "B-1",
        "One Ltd",
        "valid",
        None,
        1_250_50,
        individual={"solves": {"E2": Decimal("3.5"), "E1": Decimal("1E+1")}},
        agreed={"solves": Decimal("4.0")},
    )

    (made,) = document(bid)["bids"]

    assert made == {
        "id": "B-1",
        "supplier": "One Ltd",
        "status": "valid",
        "price": "1250.50",
        "scores": {
            "solves": {"by_evaluator": {"E1": "10", "E2": "3.5"}, "consensus": "4.0"},
        },
    }


@pytest.mark.parametrize("reason", ["Too late with its accounts.", None])
def test_document_gives_of_a_bid_that_does_not_count_its_status_and_reason_alone(
    reason: str | None,
) -> None:
    bid = Judged(
        "B-1",
        "One Ltd",
        "ineligible",
        reason,
        5_00,
        individual={"solves": {"E1": Decimal(5)}},
        agreed={"solves": Decimal(5)},
    )

    (made,) = document(bid)["bids"]

    expected = {"id": "B-1", "supplier": "One Ltd", "status": "ineligible"}
    assert made == ({**expected, "reason": reason} if reason else expected)


def test_document_without_a_price_says_nothing_of_one() -> None:
    (made,) = document(Judged("B-1", "One Ltd", "valid", None, None))["bids"]

    assert "price" not in made


@pytest.mark.parametrize(
    ("minor", "text"),
    [
        (0, "0"),
        (1, "0.01"),
        (10, "0.10"),
        (100, "1"),
        (125050, "1250.50"),
        (10**15, "1" + "0" * 13),
    ],
)
def test_pounds_are_written_exactly(minor: int, text: str) -> None:
    assert pounds(minor) == text


@pytest.mark.parametrize(
    ("value", "text"), [("1E+2", "100"), ("0.10", "0.10"), ("1E-3", "0.001"), ("5", "5")]
)
def test_plain_has_no_exponent(value: str, text: str) -> None:
    assert plain(Decimal(value)) == text


def test_document_is_one_that_the_engine_takes() -> None:
    plan = {
        "criteria": PLAN["criteria"][:1],
        "method": {
            "weights_total": "70",
            "currency": "GBP",
            "combine": "consensus",
            "ranking": "highest_total",
            "tie_break": [],
        },
    }
    made = evaluation_document(
        plan,
        title="Why?",
        challenge="CH-1",
        stage="1",
        evaluators={"E1": []},
        bids=[
            Judged(
                "B-1",
                "One Ltd",
                "valid",
                None,
                None,
                {"solves": {"E1": Decimal(4)}},
                {"solves": Decimal(4)},
            )
        ],
    )

    assert evaluate_document(made)["winners"] == ["B-1"]


@pytest.mark.parametrize(
    ("combine", "scores", "score"),
    [
        # A real 0 is a score, and pulls the mean down.
        ("mean", {"E1": "0", "E2": "5"}, "5/2"),
        ("mean", {"E1": "0", "E2": "0", "E3": "4"}, "4/3"),
        # Of an even number the mean of the middle two; the far one hardly counts.
        ("median", {"E1": "0", "E2": "3", "E3": "4", "E4": "5"}, "7/2"),
        ("median", {"E1": "0", "E2": "4", "E3": "5"}, "4"),
    ],
)
def test_scores_that_stand_go_to_the_engine_without_an_agreed_one(
    combine: str, scores: dict[str, str], score: str
) -> None:
    bid = Judged(
        "B-1",
        "One Ltd",
        "valid",
        None,
        None,
        individual={"solves": {label: Decimal(value) for label, value in scores.items()}},
        # Recorded or not, what was agreed plays no part.
        agreed={"solves": Decimal(1)},
    )
    criteria = [{**PLAN["criteria"][0], "weight": "100"}]

    made = evaluation_document(
        {"criteria": criteria, "method": {"combine": combine}},
        title="Why?",
        challenge="CH-1",
        stage="1",
        evaluators=dict.fromkeys(scores, ()),
        bids=[bid],
    )

    assert made["bids"][0]["scores"] == {"solves": {"by_evaluator": scores}}
    result: Any = evaluate_document(made)
    assert result["bids"][0]["criteria"]["solves"]["score"]["exact"] == score
    assert result["bids"][0]["criteria"]["solves"]["source"] == combine


def test_who_stands_aside_owes_no_score_where_scores_stand() -> None:
    criteria = [{**PLAN["criteria"][0], "weight": "100"}]
    given = {"solves": {"E1": Decimal(1), "E2": Decimal(2)}}
    made = evaluation_document(
        {"criteria": criteria, "method": {"combine": "mean"}},
        title="Why?",
        challenge="CH-1",
        stage="1",
        evaluators={"E1": [], "E2": [], "E3": ["B-1"]},
        bids=[Judged("B-1", "One Ltd", "valid", None, None, individual=given)],
    )

    result: Any = evaluate_document(made)
    assert result["bids"][0]["total"]["exact"] == "30"

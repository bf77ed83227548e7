"""What a computing again changed, and when a recommendation lapses by it."""

from typing import Any

import pytest

from scoring.award.recomputing.lifecycle import (
    WHY_WORDS,
    Moved,
    Why,
    cannot_come_back,
    lapsed,
    moved,
)


def a_row(bid: str, rank: int | None, total: str | None) -> dict[str, Any]:
    """Give a bid's row of a result document."""
    return {"id": bid, "rank": rank, "total": None if total is None else {"display": total}}


def test_moved_compares_bid_by_bid_in_the_order_of_the_newer_result() -> None:
    before = {"bids": [a_row("B-1", 1, "80.0"), a_row("B-2", 2, "70.0"), a_row("B-3", None, None)]}
    after = {"bids": [a_row("B-2", 1, "75.0"), a_row("B-3", None, None), a_row("B-1", None, None)]}

    found = moved(before, after)

    assert found == [
        Moved("B-2", 2, 1, "70.0", "75.0"),
        Moved("B-3", None, None, None, None),
        Moved("B-1", 1, None, "80.0", None),
    ]
    assert [each.changed for each in found] == [True, False, True]


def test_moved_takes_a_bid_that_was_not_there_before_as_without_rank() -> None:
    assert moved({"bids": []}, {"bids": [a_row("B-1", 1, "9")]}) == [
        Moved("B-1", None, 1, None, "9")
    ]


@pytest.mark.parametrize(
    ("answered", "newest", "locked", "expected"),
    [
        (False, "r1", True, False),
        (False, "r2", True, True),
        (False, "r1", False, True),
        (True, "r2", True, False),
        (True, "r1", False, False),
    ],
)
def test_lapsed_where_the_ground_moved_under_an_unanswered_recommendation(
    *, answered: bool, newest: str, locked: bool, expected: bool
) -> None:
    assert lapsed(answered=answered, rests_on="r1", newest=newest, locked=locked) is expected


def test_cannot_come_back_names_whose_score_or_which_agreement_is_missing() -> None:
    assert cannot_come_back([], too_few=False) is None
    scored = cannot_come_back([("E2", "Team"), ("", "Team")], too_few=True)
    agreed = cannot_come_back([("", "Team")], too_few=False)
    assert scored is not None
    assert agreed is not None
    assert scored[0] % scored[1] == (
        "The panel has gone on without this bid, so it cannot count again now: E2 gave it no score "
        "on “Team”."
    )
    assert "no score is agreed" in agreed[0]
    assert agreed[1] == {"question": "Team"}


def test_cannot_come_back_where_nobody_is_left_to_judge_it() -> None:
    refused = cannot_come_back([], too_few=True)
    assert refused is not None
    assert "fewer people than the published plan" in refused[0]


def test_each_reason_has_words() -> None:
    assert set(WHY_WORDS) == set(Why)

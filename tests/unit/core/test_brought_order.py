"""What a chain says of bids from elsewhere: in their order, or named as what cannot be."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.core.audit.brought_order import NOT_COLLECTED, check
from marketplace.core.audit.entries import Entry
from marketplace.core.audit.findings import Status
from marketplace.core.audit.told import Told

AT = datetime(2026, 12, 8, 12, tzinfo=UTC)
PLACE = {"elsewhere": {"reference": "NOV1", "link": "https://notices.example.org"}}
BROUGHT = ("bids.brought", {"count": 2, "bids": ["B-1", "B-2"]})
CLOSED: tuple[str, dict[str, Any]] = ("challenge.closed", {})
GOOD = [("challenge.published", PLACE), CLOSED, BROUGHT]


def chain(steps: Sequence[tuple[str, dict[str, Any]]]) -> list[Told]:
    return [
        Told(
            Entry(
                n=n,
                at=AT + timedelta(minutes=n),
                chain="C-1",
                cn=n + 1,
                prev=None,
                action=action,
                fields=dict.fromkeys(shown, b""),
            ),
            bytes(32),
            shown,
        )
        for n, (action, shown) in enumerate(steps)
    ]


def failures(*steps: tuple[str, dict[str, Any]]) -> list[str]:
    return [f.what for f in check(chain(steps), Status.PROVEN) if f.status is Status.FAILED]


def test_what_was_brought_in_order_is_told_with_what_nobody_here_can_know() -> None:
    told = {found.what: found.status for found in check(chain(GOOD), Status.PROVEN)}
    assert told[NOT_COLLECTED] is Status.ASSERTED
    assert Status.PROVEN in told.values()
    assert len(told) == 2


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([("challenge.published", {}), CLOSED, BROUGHT], "to take them here"),
        ([GOOD[0], BROUGHT, CLOSED], "before a closing was recorded"),
        ([*GOOD, BROUGHT], "brought in before"),
        ([GOOD[0], CLOSED, ("challenge.reopened", {}), BROUGHT], "before a closing was recorded"),
        ([GOOD[0], CLOSED, ("deadline.extended", {}), BROUGHT], "before a closing was recorded"),
        ([GOOD[0], ("bid.submitted", {}), CLOSED, BROUGHT], "submitted or opened here"),
        ([*GOOD, ("bids.opened", {})], "submitted or opened here"),
        ([GOOD[0], CLOSED, (BROUGHT[0], {"count": 3, "bids": ["B-1", "B-2"]})], "one form"),
        ([GOOD[0], CLOSED, (BROUGHT[0], {"count": 2, "bids": ["B-2", "B-1"]})], "one form"),
        ([GOOD[0], CLOSED, (BROUGHT[0], {"count": 2, "bids": ["B-1", "B-1"]})], "one form"),
    ],
)
def test_what_cannot_be_is_named(steps: Any, says: str) -> None:
    assert any(says in what for what in failures(*steps))


def test_of_a_challenge_that_takes_its_bids_here_nothing_is_said() -> None:
    assert list(check(chain([("challenge.published", {}), CLOSED]), Status.PROVEN)) == []

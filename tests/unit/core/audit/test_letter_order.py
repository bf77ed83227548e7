"""What a chain says of letters to bidders: sent in their order, or named as what cannot be."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.core.audit.entries import Entry
from marketplace.core.audit.findings import Status
from marketplace.core.audit.letter_order import check
from marketplace.core.audit.told import Told

AT = datetime(2026, 12, 8, 12, tzinfo=UTC)
Entries = Sequence[tuple[str, dict[str, Any]]]

OPENED = ("bids.opened", {"bids": {"B-1": "aa", "B-2": "bb"}})
BROUGHT = ("bids.brought", {"bids": ["B-1", "B-2"]})
ANNOUNCED = ("intention.announced", {"bid": "B-1"})
AGAIN = ("decision.taken_back", {"bid": "B-1"})
GOES_ON = ("advance.confirmed", {"count": 1})
FELL = ("advance.taken_back", {"count": 1})
READ: tuple[str, dict[str, Any]] = ("challenge.read", {})


def sent(bid: str, **more: Any) -> tuple[str, dict[str, Any]]:
    return ("letter.sent", {"bid": bid, **more})


def issued(bid: str, letter: str = "not_shortlisted") -> tuple[str, dict[str, Any]]:
    return ("letter.issued", {"bid": bid, "letter": letter})


def asked(bid: str) -> tuple[str, dict[str, Any]]:
    return ("information.requested", {"bid": bid})


def chain(steps: Entries) -> list[Told]:
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
    return [str(f) for f in check(chain(steps), Status.PROVEN) if f.status is Status.FAILED]


@pytest.mark.parametrize(
    "steps",
    [
        [OPENED, ANNOUNCED, sent("B-1"), sent("B-2")],
        [BROUGHT, ANNOUNCED, sent("B-2"), sent("B-1")],
        # A second round writes to all anew.
        [OPENED, ANNOUNCED, sent("B-1"), sent("B-2"), AGAIN, ANNOUNCED, sent("B-1"), sent("B-2")],
        # Of a later stage an invited supplier that did not answer is told too.
        [
            ("bids.opened", {"bids": {"B-3": "cc"}, "stage": 2}),
            ("intention.announced", {"bid": "B-3", "stage": 2}),
            sent("B-3", stage=2),
            sent("B-4", stage=2),
        ],
    ],
)
def test_letters_that_went_to_all_at_once_are_told_so(steps: Entries) -> None:
    (found,) = check(chain(steps), Status.PROVEN)
    assert found.status is Status.PROVEN
    assert "to all whose bids" in found.what


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ([OPENED, sent("B-1"), ANNOUNCED, sent("B-2")], "had not been announced"),
        ([OPENED, ANNOUNCED, sent("B-1"), sent("B-2"), AGAIN, sent("B-1")], "not been announced"),
        ([OPENED, ANNOUNCED, sent("B-1"), sent("B-2"), sent("B-1")], "letter of this decision"),
        ([OPENED, ANNOUNCED, READ, sent("B-1"), sent("B-2")], "later than the announcement"),
        ([OPENED, ANNOUNCED, sent("B-1"), READ, sent("B-2")], "later than the announcement"),
        ([OPENED, ANNOUNCED, sent("B-1")], "no letter went to the bidders of B-2"),
        ([OPENED, ANNOUNCED], "no letter went to the bidders of B-1, B-2"),
        ([OPENED, ANNOUNCED, sent("B-1"), AGAIN, ANNOUNCED, sent("B-1"), sent("B-2")], "of B-2"),
        ([BROUGHT, ANNOUNCED, sent("B-1"), sent("B-2"), sent("B-9")], "was not opened"),
        # Of another stage is not of this one.
        ([OPENED, ANNOUNCED, sent("B-1"), sent("B-2", stage=2)], "had not been announced"),
        ([OPENED, issued("B-2"), GOES_ON], "before anything was decided or asked"),
        ([OPENED, GOES_ON, FELL, issued("B-2")], "before anything was decided or asked"),
        ([OPENED, ("letter.issued", {}), GOES_ON], "before anything was decided or asked"),
        ([OPENED, GOES_ON, issued("B-2"), issued("B-2")], "had its letter of this decision"),
        (
            [
                *(OPENED, ANNOUNCED, sent("B-1"), sent("B-2"), asked("B-2")),
                issued("B-1", "further_information"),
            ],
            "had not asked",
        ),
        (
            [
                *(OPENED, GOES_ON, asked("B-2")),
                *(issued("B-2", "further_information"), issued("B-2", "further_information")),
            ],
            "had not asked",
        ),
    ],
)
def test_what_cannot_be_is_named(steps: Entries, says: str) -> None:
    assert any(says in each for each in failures(*steps)), failures(*steps)


@pytest.mark.parametrize(
    "steps",
    [
        [OPENED, GOES_ON, issued("B-2")],
        [OPENED, GOES_ON, issued("B-2"), GOES_ON, issued("B-2")],
        [OPENED, GOES_ON, issued("B-2"), FELL, GOES_ON, issued("B-2")],
        [OPENED, GOES_ON, issued("B-2"), asked("B-2"), issued("B-2", "further_information")],
        # In a file for everybody it is not shown whose letter it was.
        [OPENED, GOES_ON, ("letter.issued", {}), ("letter.issued", {})],
        [OPENED, ("information.requested", {}), issued("B-2", "further_information")],
        [("bids.opened", {}), ("challenge.cancelled", {})],
    ],
)
def test_letters_of_a_sift_and_answers_in_their_order_are_fine(steps: Entries) -> None:
    assert list(check(chain(steps), Status.PROVEN)) == []


def test_nothing_is_concluded_from_what_is_withheld_or_erased() -> None:
    hidden: tuple[str, dict[str, Any]] = ("letter.sent", {})
    assert failures(OPENED, ANNOUNCED, hidden, sent("B-1")) == []
    assert failures(("bids.opened", {}), ANNOUNCED, sent("B-1")) == []

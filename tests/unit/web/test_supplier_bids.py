"""Each bid of a supplier stands under one heading, and says nothing before its time."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bids.lifecycle import OPENED_STATES, BidState
from challenges.lifecycle import UNPUBLISHED, State
from marketplace.web.supplier_bids import Group, OwnBid, group_of, grouped, standing_of

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SOON, PAST = NOW + timedelta(days=2), NOW - timedelta(days=2)
BID = OwnBid(
    id=uuid.uuid4(),
    reference="B-1",
    challenge_id=uuid.uuid4(),
    title="How can we?",
    buyer="Example Council",
    state=BidState.DRAFT,
    challenge_state=State.OPEN,
    closes_at=SOON,
    drafted=True,
)
DRAFT, SUBMITTED, WITHDRAWN, VALID = (
    BidState.DRAFT,
    BidState.SUBMITTED,
    BidState.WITHDRAWN,
    BidState.VALID,
)

INVITED = {"state": BidState.INVITED, "drafted": False, "stage": 2}
HEARD = {"state": VALID, "drafted": False, "stage": 2, "heard": True, "closes_at": None}
WENT_ON, WENT_ON_WORDS = {"state": VALID, "went_on": True}, "You went on to the next stage"


def every_bid() -> Iterator[OwnBid]:
    """Give a bid in each state of its own and of its challenge, before closing and after."""
    for state, challenge, closes_at, drafted, counts in itertools.product(
        BidState, sorted(set(State) - UNPUBLISHED), (SOON, NOW, PAST), (True, False), (True, False)
    ):
        yield replace(
            BID,
            reference=f"B-{state}-{challenge}-{closes_at}-{drafted}-{counts}",
            state=state,
            challenge_state=challenge,
            closes_at=closes_at,
            drafted=drafted,
            counts=counts,
        )


def test_every_bid_stands_under_one_heading() -> None:
    bids = list(every_bid())

    found = [bid.reference for held in grouped(bids, NOW).values() for bid in held]

    assert sorted(found) == sorted(bid.reference for bid in bids)


def test_every_bid_has_words() -> None:
    assert all(standing_of(bid, NOW).words for bid in every_bid())


@pytest.mark.parametrize(
    ("changes", "group", "words"),
    [
        ({}, Group.DRAFTS, "Draft"),
        ({"state": WITHDRAWN}, Group.DRAFTS, "Withdrawn, begun again"),
        ({"state": WITHDRAWN, "drafted": False}, Group.DRAFTS, "Withdrawn"),
        ({"closes_at": NOW}, Group.PAST, "Not sent before closing"),
        ({"state": WITHDRAWN, "closes_at": PAST}, Group.PAST, "Withdrawn"),
        ({"challenge_state": State.CANCELLED}, Group.PAST, "Ended without a contract"),
        ({"state": SUBMITTED, "drafted": False}, Group.SEALED, "Submitted"),
        ({"state": SUBMITTED}, Group.SEALED, "Submitted; you are changing it"),
        ({"state": SUBMITTED, "counts": False}, Group.SEALED, "Confirm your bid"),
        ({"state": SUBMITTED, "closes_at": NOW}, Group.SEALED, "Sealed until two officers open it"),
        (
            {"state": SUBMITTED, "counts": False, "closes_at": PAST},
            Group.PAST,
            "Lapsed: not confirmed after a change",
        ),
        (
            {"state": SUBMITTED, "challenge_state": State.OPENED, "closes_at": PAST},
            Group.PAST,
            "Lapsed: not confirmed after a change",
        ),
        (
            {"state": SUBMITTED, "challenge_state": State.CANCELLED},
            Group.PAST,
            "Ended without a contract",
        ),
        ({"state": VALID, "challenge_state": State.OPENED}, Group.OPENED, "Opened"),
        ({"state": VALID, "challenge_state": State.EVALUATING}, Group.OPENED, "Being evaluated"),
        (
            {"state": VALID, "challenge_state": State.CANCELLED},
            Group.OPENED,
            "Ended without a contract",
        ),
        (
            {"state": VALID, "challenge_state": State.STOPPED},
            Group.OPENED,
            "Stopped, with lessons",
        ),
        (
            {"state": VALID, "challenge_state": State.INTENTION, "announced": True},
            Group.OPENED,
            "Unsuccessful",
        ),
        # Of several who win another has signed, and this one not yet.
        (
            {"state": VALID, "challenge_state": State.SIGNED, "announced": True, "preferred": True},
            Group.OPENED,
            "Preferred bidder",
        ),
        # A later stage decided, to which this supplier did not go on.
        (
            {"state": VALID, "challenge_state": State.INTENTION},
            Group.OPENED,
            "Other suppliers went on",
        ),
        (
            {
                "state": VALID,
                "challenge_state": State.INTENTION,
                "announced": True,
                "preferred": True,
            },
            Group.OPENED,
            "Preferred bidder",
        ),
        (
            {
                "state": VALID,
                "challenge_state": State.SIGNED,
                "announced": True,
                "preferred": True,
                "signed": True,
            },
            Group.OPENED,
            "Contract signed with you",
        ),
        (
            {**INVITED, "challenge_state": State.WAITING, "closes_at": None},
            Group.DRAFTS,
            "You are invited: the stage has not begun",
        ),
        (INVITED, Group.DRAFTS, "You are invited: not begun"),
        ({**INVITED, "closes_at": NOW}, Group.PAST, "Not sent before closing"),
        ({**HEARD, "challenge_state": State.OPENED}, Group.OPENED, "You are heard"),
        ({**HEARD, "challenge_state": State.EVALUATING}, Group.OPENED, "Being evaluated"),
        ({**WENT_ON, "challenge_state": State.ADVANCED}, Group.OPENED, WENT_ON_WORDS),
        ({**WENT_ON, "challenge_state": State.INTENTION}, Group.OPENED, WENT_ON_WORDS),
        (
            {"state": VALID, "challenge_state": State.ADVANCED, "chosen": True},
            Group.OPENED,
            "Other suppliers went on",
        ),
        # It is confirmed who goes on, and letters to the others are still to be sent.
        (
            {"state": VALID, "challenge_state": State.ADVANCED},
            Group.OPENED,
            "Being evaluated",
        ),
        (
            {"state": VALID, "challenge_state": State.SIGNED},
            Group.OPENED,
            "Other suppliers went on",
        ),
    ],
)
def test_bid_says_how_it_stands(changes: dict[str, object], group: Group, words: str) -> None:
    bid = replace(BID, **changes)  # type: ignore[arg-type]  # the names are checked by replace

    assert (group_of(bid, NOW), standing_of(bid, NOW).words) == (group, words)


@pytest.mark.parametrize("challenge", sorted(set(State) - UNPUBLISHED))
def test_what_an_officer_found_is_not_told_before_the_outcome(challenge: State) -> None:
    bids = [replace(BID, state=state, challenge_state=challenge) for state in OPENED_STATES]

    assert len({standing_of(bid, NOW) for bid in bids}) == 1


def test_what_closes_first_is_first_and_what_closed_last_is_first() -> None:
    later, sooner = (
        replace(BID, reference=f"B-{days}", closes_at=NOW + timedelta(days=days)) for days in (9, 2)
    )
    older, newer = (
        replace(BID, reference=f"B-{days}", closes_at=NOW - timedelta(days=days)) for days in (9, 2)
    )

    found = grouped([later, older, sooner, newer], NOW)

    assert list(found[Group.DRAFTS]) == [sooner, later]
    assert list(found[Group.PAST]) == [newer, older]

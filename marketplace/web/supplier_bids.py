"""Under which heading of its dashboard a supplier finds each of its bids, and how it stands. Pure.

Each bid stands under one heading. What an officer found about it, and who is preferred, is told
with the outcome and not before: nothing here looks at either until the intention is announced.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bids.lifecycle import OPENED_STATES, BidState
from challenges.lifecycle import AWARDED_STATES, State, state_at
from marketplace.core.text import N_

# When a stage closes that does not say so yet.
NEVER = datetime.max.replace(tzinfo=UTC)


class Group(StrEnum):
    """The headings, in their order."""

    DRAFTS = "drafts"
    SEALED = "sealed"
    OPENED = "opened"
    PAST = "past"


@dataclass(frozen=True)
class OwnBid:
    """A supplier's bid with what its own people may know of it.

    `counts` tells whether what is submitted was made after the last change that asks for it to be
    confirmed. `announced` tells whether the outcome was told to all bidders; `preferred` whether
    this bid was, and is never true before, and `signed` whether its supplier's contract is: where
    several win, each has one. `version` and `recorded_at` are those of the submission
    that stands. `challenge_state` and `closes_at` are its stage's, which is the `stage`th; one that
    has not begun does not say when it closes. `went_on` tells that the supplier was invited to the
    next, and `chosen` that it is confirmed who was.
    """

    id: uuid.UUID
    reference: str
    challenge_id: uuid.UUID
    title: str
    buyer: str
    state: BidState
    challenge_state: State
    closes_at: datetime | None
    drafted: bool
    version: int | None = None
    recorded_at: datetime | None = None
    counts: bool = True
    announced: bool = False
    preferred: bool = False
    stage: int = 1
    heard: bool = False
    went_on: bool = False
    signed: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class Standing:
    """How a bid stands, in words not yet translated, with the colour of its tag."""

    words: str
    colour: str = "grey"


def group_of(bid: OwnBid, now: datetime) -> Group:
    """Give the one heading under which a bid stands."""
    if bid.state in OPENED_STATES:
        return Group.OPENED
    state = state_at(bid.challenge_state, bid.closes_at, now)
    if state is State.WAITING:
        return Group.DRAFTS
    if state is State.OPEN:
        return Group.SEALED if bid.state is BidState.SUBMITTED else Group.DRAFTS
    waits = bid.state is BidState.SUBMITTED and bid.counts and state is State.CLOSED
    return Group.SEALED if waits else Group.PAST


def standing_of(bid: OwnBid, now: datetime) -> Standing:
    """Say how a bid stands."""
    state = state_at(bid.challenge_state, bid.closes_at, now)
    match group_of(bid, now):
        case Group.DRAFTS:
            return _of_draft(bid)
        case Group.SEALED:
            return _of_sealed(bid, state)
        case Group.OPENED:
            return _of_opened(bid, state)
        case Group.PAST:
            return _of_past(bid, state)


def grouped(bids: Iterable[OwnBid], now: datetime) -> Mapping[Group, Sequence[OwnBid]]:
    """Put bids under their headings: what closes first before, what is decided last before."""
    found: dict[Group, list[OwnBid]] = {group: [] for group in Group}
    for bid in bids:
        found[group_of(bid, now)].append(bid)
    for group, held in found.items():
        ahead = group in (Group.DRAFTS, Group.SEALED)
        held.sort(key=lambda bid: (bid.closes_at or NEVER, bid.reference), reverse=not ahead)
    return found


def _of_draft(bid: OwnBid) -> Standing:
    if bid.state is BidState.INVITED:
        return (
            Standing(N_("You are invited: the stage has not begun"), "blue")
            if bid.challenge_state is State.WAITING
            else Standing(N_("You are invited: not begun"), "blue")
        )
    if bid.state is BidState.DRAFT:
        return Standing(N_("Draft"))
    if bid.drafted:
        return Standing(N_("Withdrawn, begun again"), "yellow")
    return Standing(N_("Withdrawn"), "yellow")


def _of_sealed(bid: OwnBid, state: State) -> Standing:
    if not bid.counts:
        return Standing(N_("Confirm your bid"), "red")
    if state is State.CLOSED:
        return Standing(N_("Sealed until two officers open it"), "green")
    if bid.drafted:
        return Standing(N_("Submitted; you are changing it"), "green")
    return Standing(N_("Submitted"), "green")


def _of_opened(bid: OwnBid, state: State) -> Standing:
    if state is State.CANCELLED:
        return Standing(N_("Ended without a contract"))
    if state is State.STOPPED:
        return Standing(N_("Stopped, with lessons"), "light-blue")
    if bid.went_on:
        return Standing(N_("You went on to the next stage"), "green")
    if state is State.ADVANCED and not bid.chosen:
        # Letters that say so are still to be sent.
        return Standing(N_("Being evaluated"), "purple")
    # What was announced was decided in a later stage.
    if state is State.ADVANCED or (state in AWARDED_STATES and not bid.announced):
        return Standing(N_("Other suppliers went on"))
    if bid.heard and state is State.OPENED:
        return Standing(N_("You are heard"), "purple")
    if not bid.announced and state in AWARDED_STATES:
        # A later stage decided, to which others went on.
        return Standing(N_("Other suppliers went on"))
    if not bid.announced:
        return (
            Standing(N_("Being evaluated"), "purple")
            if state is State.EVALUATING
            else Standing(N_("Opened"), "purple")
        )
    if not bid.preferred:
        return Standing(N_("Unsuccessful"))
    if bid.signed:
        return Standing(N_("Contract signed with you"), "green")
    return Standing(N_("Preferred bidder"), "green")


def _of_past(bid: OwnBid, state: State) -> Standing:
    if state is State.CANCELLED:
        return Standing(N_("Ended without a contract"))
    if bid.state is BidState.SUBMITTED:
        return Standing(N_("Lapsed: not confirmed after a change"))
    if bid.state is BidState.WITHDRAWN:
        return Standing(N_("Withdrawn"))
    return Standing(N_("Not sent before closing"))

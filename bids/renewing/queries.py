"""Reads of which submitted bids a change has asked to confirm, and which of them were not."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid, Submission
from challenges.changing import queries as changes
from challenges.changing.models import Addendum
from challenges.lifecycle import State, state_at
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation


class Renewal(StrEnum):
    """How a submitted bid stands after a change that asks for it to be confirmed."""

    AWAITED = "awaited"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Unconfirmed:
    """A bid that was submitted before a change which asks for it to be confirmed."""

    bid: str
    supplier_id: uuid.UUID
    supplier: str


def counts() -> ColumnElement[bool]:
    """Give the condition that a submission of a bid was made after the last change that asks.

    The statement joins `Bid` with the `Submission` that is its current version.
    """
    return Submission.entry_n > changes.last_asking(Bid.challenge_id)


def is_current() -> ColumnElement[bool]:
    """Give the condition that joins `Submission` as the current version of a `Bid`."""
    return (Submission.bid_id == Bid.id) & (Submission.version == Bid.current_version)


def is_awaited(session: Session, bid: Bid) -> bool:
    """Tell whether a bid is submitted and does not count as it is: a change came after it."""
    return bid.id in _before_a_change(session, [bid.id])


def renewals(
    session: Session, bids: Iterable[uuid.UUID], now: datetime
) -> Mapping[uuid.UUID, Renewal]:
    """Say of those of some bids that await confirmation, or lapsed without it, which it is.

    Bids of challenges that ended before closing are neither.
    """
    found = {}
    for bid_id, challenge in _before_a_change(session, list(bids)).items():
        state, closes_at, ended_at = challenge
        match state_at(state, closes_at, now):
            case State.OPEN:
                found[bid_id] = Renewal.AWAITED
            case State.CANCELLED if closes_at is None or (ended_at or now) < closes_at:
                pass
            case _:
                found[bid_id] = Renewal.LAPSED
    return found


def unconfirmed(session: Session, challenge: Challenge) -> Sequence[Unconfirmed]:
    """Give the submitted bids of a challenge that do not count as they are, by reference."""
    rows = session.execute(
        select(Bid.reference, Bid.supplier_id, Organisation.name)
        .join(Submission, is_current())
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .where(Bid.stage_id == challenge.stage.id, Bid.state == BidState.SUBMITTED, ~counts())
        .order_by(Bid.reference)
    )
    return [Unconfirmed(*row) for row in rows]


def how_many(session: Session, stage_id: uuid.UUID) -> int:
    """Count the submitted bids of a stage that do not count as they are."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Bid)
            .join(Submission, is_current())
            .where(Bid.stage_id == stage_id, Bid.state == BidState.SUBMITTED, ~counts())
        )
        or 0
    )


def changes_to_read(session: Session, bid: Bid, submission: Submission) -> Sequence[Addendum]:
    """Give the changes that were published after a submission, in their order."""
    return changes.since(session, bid.challenge, submission.entry_n)


def _before_a_change(
    session: Session, bids: Sequence[uuid.UUID]
) -> dict[uuid.UUID, tuple[State, datetime | None, datetime | None]]:
    """Give state, closing and end of the challenges of those bids that a change has overtaken."""
    rows = session.execute(
        select(Bid.id, Challenge.state, Stage.closes_at, Challenge.ended_at)
        .join(Submission, is_current())
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .where(Bid.id.in_(bids), Bid.state == BidState.SUBMITTED, ~counts())
    )
    return {bid_id: (state, closes_at, ended_at) for bid_id, state, closes_at, ended_at in rows}

"""Records that a challenge closed to bids, a minute after the instant of closing and never earlier.

Every bid in time is recorded within that minute, so it has its place in the log before this entry;
whoever checks needs no more than the order of two places.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from challenges.lifecycle import State, closing_recorded_from
from challenges.log_words import CLOSED
from challenges.models import Challenge
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

CLOSE = "challenge.close"


def await_closing(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Have the closing recorded when it comes, in the transaction that sets its instant."""
    closes_at = challenge.stage.closes_at
    if closes_at is not None:
        jobs.enqueue(
            session,
            CLOSE,
            clock=clock,
            due_at=closing_recorded_from(closes_at),
            challenge=challenge.reference,
        )


@jobs.handles(CLOSE, insists=True)
def close(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: record the closing, or wait anew where the instant was moved meanwhile.

    It is tried until it is done: without the entry nobody can ever open the bids.
    """
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge)
            .where(Challenge.reference == payload["challenge"])
            .options(selectinload(Challenge.stages))
            .with_for_update(of=Challenge)
        ).one()
        closes_at = challenge.stage.closes_at
        if closes_at is None:
            return
        if clock.now() < closing_recorded_from(closes_at):
            await_closing(session, challenge, clock)
            return
        record_closing(session, challenge, clock)


def record_closing(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Append the closing of a challenge whose row the caller holds locked, unless it stands.

    Nothing is recorded of a challenge that takes no bids, such as one that was cancelled.

    Raises:
        ValueError: the minute after closing is not over.
    """
    closes_at = challenge.stage.closes_at
    if closes_at is None or challenge.state is not State.OPEN or is_recorded(session, challenge):
        return
    if clock.now() < closing_recorded_from(closes_at):
        raise ValueError("bids that arrived in time may still be being recorded")
    log.append(
        session,
        clock=clock,
        action=CLOSED,
        chain=challenge.reference,
        closes_at=write_instant(closes_at),
    )


def is_recorded(session: Session, challenge: Challenge) -> bool:
    """Tell whether the log has the closing at the instant that now holds."""
    last = session.scalar(
        select(LogEntry)
        .where(LogEntry.chain == challenge.reference, LogEntry.action == CLOSED)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    closes_at = challenge.stage.closes_at
    return (
        last is not None
        and closes_at is not None
        and last.fields.get("closes_at") == write_instant(closes_at)
    )

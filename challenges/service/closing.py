"""Records that a stage closed to bids, a minute after the instant of closing and never earlier.

Every bid in time is recorded within that minute, so it has its place in the log before this entry;
whoever checks needs no more than the order of two places.
"""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from challenges.lifecycle import State, closing_recorded_from
from challenges.log_words import CLOSED
from challenges.models import Challenge, Stage
from challenges.stages.running import last_entry, said, stage_at, stored_state
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.stages import stage_of
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

CLOSE = "challenge.close"


def await_closing(session: Session, stage: Stage, clock: Clock) -> None:
    """Have a stage's closing recorded when it comes, in the transaction that sets its instant."""
    closes_at = stage.closes_at
    if closes_at is not None:
        jobs.enqueue(
            session,
            CLOSE,
            clock=clock,
            due_at=closing_recorded_from(closes_at),
            challenge=stage.challenge.reference,
            **said(stage),
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
        stage = stage_at(challenge, stage_of(payload))
        if stage.closes_at is None:
            return
        if clock.now() < closing_recorded_from(stage.closes_at):
            await_closing(session, stage, clock)
            return
        record_closing(session, stage, clock)


def record_closing(session: Session, stage: Stage, clock: Clock) -> None:
    """Append the closing of a stage, whose challenge the caller holds locked, unless it stands.

    Nothing is recorded of one that takes no bids, as where its challenge was cancelled.

    Raises:
        ValueError: the minute after closing is not over.
    """
    challenge, closes_at = stage.challenge, stage.closes_at
    takes_bids = stored_state(challenge, stage) is State.OPEN
    if closes_at is None or not takes_bids or is_recorded(session, stage):
        return
    if clock.now() < closing_recorded_from(closes_at):
        raise ValueError("bids that arrived in time may still be being recorded")
    log.append(
        session,
        clock=clock,
        action=CLOSED,
        chain=challenge.reference,
        **said(stage),
        closes_at=write_instant(closes_at),
    )


def is_recorded(session: Session, stage: Stage) -> bool:
    """Tell whether the log has the closing at the instant that now holds."""
    last = last_entry(session, stage, CLOSED)
    return (
        last is not None
        and stage.closes_at is not None
        and last.fields.get("closes_at") == write_instant(stage.closes_at)
    )

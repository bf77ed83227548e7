"""Reminds bidders and the panel in the morning of the day before an interview."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from marketplace.core import jobs
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction
from scoring.panel.interviews import letters
from scoring.panel.interviews.lifecycle import reminder_at
from scoring.panel.interviews.models import Interview
from scoring.panel.interviews.queries import is_running

REMIND = "interviews.remind"


def await_reminder(session: Session, interview: Interview, clock: Clock) -> None:
    """Have people reminded of the time that stands, in the caller's transaction."""
    assert interview.slot is not None  # a time was chosen or moved
    due_at = reminder_at(interview.slot.starts_at, clock.now())
    if due_at is not None:
        jobs.enqueue(
            session,
            REMIND,
            clock=clock,
            due_at=due_at,
            interview=str(interview.id),
            edition=interview.edition,
        )


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Remind of an interview, unless it was changed since, is over, or its bid counts no more."""
    with transaction() as session:
        interview = session.scalars(
            select(Interview).where(Interview.id == uuid.UUID(payload["interview"]))
        ).one()
        slot, edition = interview.slot, payload["edition"]
        if slot is None or interview.edition != edition or interview.reminded_edition == edition:
            return
        bid = interview.bid
        stands = bid.state is BidState.VALID and is_running(bid.challenge, bid.stage)
        if stands and interview.outcome is None and clock.now() < slot.starts_at:
            letters.tell_reminded(session, interview, clock)
        interview.reminded_edition = edition

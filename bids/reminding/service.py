"""Has a draft looked at before closing. The job itself stands in `bids.reminding.telling`."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from bids.reminding.models import ClosingReminder
from bids.reminding.timing import next_look
from marketplace.core import jobs
from marketplace.core.clock import Clock

REMIND = "bids.remind_to_submit"


def await_next(session: Session, bid: uuid.UUID, closes_at: datetime | None, clock: Clock) -> None:
    """Have a bid's draft looked at when its next reminder is due, in the caller's transaction.

    The caller holds the bid locked, or has just made it.
    """
    known = session.get(ClosingReminder, bid)
    if known is None:
        known = ClosingReminder(bid_id=bid, due_at=None)
        session.add(known)
    due_at = next_look(closes_at, clock.now()) if closes_at else None
    if due_at is not None and due_at != known.due_at:
        jobs.enqueue(
            session, REMIND, clock=clock, due_at=due_at, bid=str(bid), due=due_at.isoformat()
        )
    known.due_at = due_at

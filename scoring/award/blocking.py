"""Asks everything that can keep a contract from being signed, in one place.

The standstill and the supplier's verification are told here; a room that knows of more registers a
source, which is asked with them for pages, for the to-do list and before every signing.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from bids.elsewhere.queries import brought_suppliers
from bids.models import Bid
from challenges.models import Stage
from scoring.award import queries
from scoring.award.holding import Hold, standstill_hold, unverified_hold
from scoring.award.queries import Decision

# Gives what keeps the contracts of a stage's award back at an instant.
Source = Callable[[Session, Stage, datetime], Iterable[Hold]]

_sources: dict[str, Source] = {}


def register(room: str, source: Source) -> None:
    """Have a room be asked from now on, once, however often it registers."""
    _sources[room] = source


def holds(
    session: Session, stage: Stage, now: datetime, found: Decision | None = None
) -> list[Hold]:
    """Give all that keeps contracts of a stage's award back at `now`.

    `found` is the decision on the stage, where the caller has read it. Nothing that a source says
    is written, so the answer holds as long as the caller keeps the challenge's row locked.
    """
    found = found or queries.decision(session, stage)
    intention = found.intention
    standstill = standstill_hold(intention.standstill_ends_at if intention else None, now)
    own = [*([standstill] if standstill else []), *unverified(session, found.unsigned)]
    others = (hold for source in _sources.values() for hold in source(session, stage, now))
    return own + list(others)


def unverified(session: Session, bids: Iterable[Bid]) -> list[Hold]:
    """Give what keeps contracts back with the suppliers of these bids whom nobody has verified.

    Nobody acts here for a supplier whose bid was brought in: the officer says how it was checked.
    """
    unsure = [bid for bid in bids if bid.supplier.verified_at is None]
    brought = brought_suppliers(session, unsure) if unsure else ()
    told = (unverified_hold(bid.reference, verified=bid.supplier_id in brought) for bid in unsure)
    return [hold for hold in told if hold is not None]

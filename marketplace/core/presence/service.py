"""Keeps who has a page open, and tells who else has."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.presence.models import Presence
from marketplace.core.transaction import transaction

# A browser says every minute that the page is still open; one that was silent longer than this has
# gone, or is asleep with its owner.
PRESENT_FOR = timedelta(minutes=3)
KEPT_FOR = timedelta(hours=1)


class Other(NamedTuple):
    """Somebody else who has the page open."""

    name: str
    opened_at: datetime


def others(session: Session, place: str, person: uuid.UUID, now: datetime) -> Sequence[Other]:
    """Give who but `person` has a page open, who came first first."""
    found = session.execute(
        select(User.name, Presence.opened_at)
        .join(User, User.id == Presence.user_id)
        .where(
            Presence.place == place,
            Presence.user_id != person,
            Presence.seen_at > now - PRESENT_FOR,
        )
        .order_by(Presence.opened_at, User.name)
    )
    return [Other(*row) for row in found]


def meet(place: str, person: uuid.UUID, *, clock: Clock) -> Sequence[Other]:
    """Note that somebody has a page open, and give who else has."""
    now = clock.now()
    with transaction() as session:
        session.execute(delete(Presence).where(Presence.seen_at < now - KEPT_FOR))
        # Two tabs of one person come one after the other.
        session.scalar(select(User.id).where(User.id == person).with_for_update())
        own = session.get(Presence, (place, person))
        if own is None:
            session.add(Presence(place=place, user_id=person, opened_at=now, seen_at=now))
        else:
            if own.seen_at <= now - PRESENT_FOR:
                own.opened_at = now
            own.seen_at = now
        session.flush()
        return others(session, place, person, now)


def leave(place: str, person: uuid.UUID) -> None:
    """Note that somebody has left a page; another tab of theirs says so again within a minute."""
    with transaction() as session:
        session.execute(delete(Presence).where(Presence.place == place, Presence.user_id == person))

"""Writes of saved searches: save, change, pause, delete; and which kinds of messages are wanted."""

import uuid
from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from challenges.alerts.models import SavedSearch, Told
from challenges.alerts.queries import own_search, own_searches
from challenges.alerts.timing import Frequency, next_due, telling_part
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.notices import choices
from marketplace.core.notices.models import Kind
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

# Enough for anybody who reads what they are sent.
SEARCHES_MOST = 50
SEARCH = "alerts.search"


def save(
    name: str, asked: Mapping[str, str], frequency: Frequency, *, person: uuid.UUID, clock: Clock
) -> uuid.UUID:
    """Save a search and give its identifier; only what is published from now on is told.

    What no new challenge answers is left out of it. One that is saved already, under the same name
    and as often, is that one: a second click saves nothing.

    Raises:
        Invalid: the person has too many.
    """
    asked = telling_part(asked)
    with transaction() as session:
        # One at a time, so that they are counted rightly.
        session.execute(select(User.id).where(User.id == person).with_for_update(key_share=True))
        for known in own_searches(session, person):
            if (known.name, known.asked, known.frequency) == (name, asked, frequency):
                return known.id
        count = session.scalar(
            select(func.count()).select_from(SavedSearch).where(SavedSearch.user_id == person)
        )
        if (count or 0) >= SEARCHES_MOST:
            raise Invalid(
                N_("You have %(most)s saved searches, which is the most. Delete one first."),
                most=SEARCHES_MOST,
            )
        now = clock.now()
        search = SavedSearch(
            user_id=person,
            name=name,
            asked=asked,
            frequency=frequency,
            created_at=now,
            seen_until=now,
        )
        session.add(search)
        session.flush()
        await_next(session, search, clock)
        return search.id


def change(
    search_id: uuid.UUID, name: str, frequency: Frequency, *, person: uuid.UUID, clock: Clock
) -> None:
    """Rename a saved search, or have it write at other times, or not at all for now.

    What was published during a pause is not told afterwards.

    Raises:
        NotFound: it is not the person's.
    """
    with transaction() as session:
        search = own_search(session, search_id, person)
        search.name = name
        if search.frequency is not frequency:
            set_frequency(session, search, frequency, clock)


def delete_search(search_id: uuid.UUID, *, person: uuid.UUID) -> None:
    """Delete a saved search.

    Raises:
        NotFound: it is not the person's.
    """
    with transaction() as session:
        search = own_search(session, search_id, person)
        session.execute(delete(Told).where(Told.search_id == search.id))
        session.delete(search)


def choose_kinds(wanted: Collection[Kind], *, person: uuid.UUID) -> None:
    """Keep which kinds of messages a person wants."""
    with transaction() as session:
        choices.choose(session, person, wanted)


def set_frequency(
    session: Session, search: SavedSearch, frequency: Frequency, clock: Clock
) -> None:
    """Have a search write at other times from now on, in the caller's transaction."""
    if search.frequency is Frequency.PAUSED:
        search.seen_until = clock.now()
    search.frequency = frequency
    await_next(session, search, clock)


def await_next(session: Session, search: SavedSearch, clock: Clock) -> None:
    """Write the job for the next message; a job for another time finds that it is not its turn."""
    search.due_at = next_due(search.frequency, clock.now())
    if search.due_at is not None:
        jobs.enqueue(
            session,
            SEARCH,
            clock=clock,
            due_at=search.due_at,
            search=str(search.id),
            due=search.due_at.isoformat(),
        )

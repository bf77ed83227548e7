"""Reads of saved searches, always a person's own."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.alerts.models import SavedSearch
from marketplace.core.errors import NotFound
from marketplace.core.text import N_


def own_searches(session: Session, person: uuid.UUID) -> Sequence[SavedSearch]:
    """Give a person's saved searches by name."""
    return session.scalars(
        select(SavedSearch)
        .where(SavedSearch.user_id == person)
        .order_by(SavedSearch.name, SavedSearch.id)
    ).all()


def own_search(session: Session, search_id: uuid.UUID, person: uuid.UUID) -> SavedSearch:
    """Give one saved search of a person's.

    Raises:
        NotFound: there is none, or it is somebody else's.
    """
    found = session.scalar(
        select(SavedSearch).where(SavedSearch.id == search_id, SavedSearch.user_id == person)
    )
    if found is None:
        raise NotFound(N_("There is no such saved search."))
    return found

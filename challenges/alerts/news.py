"""Reads which newly published challenges a person may want to know of, a few at most.

First those they follow and those that answer their saved searches; where there are none, all that
is new, what is most like the challenges that they name before the others.
"""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Row,
    Select,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from challenges.alerts.models import SavedSearch
from challenges.alerts.queries import own_searches
from challenges.alerts.telling import filters_of
from challenges.finding.choosing import FIRST_STAGE, choosing
from challenges.finding.filters import Order, StateFilter
from challenges.finding.matching import matches
from challenges.finding.wanted import Term
from challenges.following.models import Follow
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.similar.queries import AnyOf
from challenges.similar.texts import WORDS_MOST, telling_words
from marketplace.core.accounts.models import Organisation

NEW = timedelta(days=30)
MOST = 5
# All of them are looked for in one statement, which has to end somewhere.
SEARCHES_MOST = 20
# Says in place of a search's number that the person follows the challenge.
_FOLLOWED = -1


@dataclass(frozen=True)
class New:
    """A challenge that is open and was published lately.

    `search` is the name of the saved search that it answers, if one; `followed` tells whether the
    person follows it.
    """

    reference: str
    title: str
    summary: str
    buyer: str
    closes_at: datetime
    search: str = ""
    followed: bool = False


@dataclass(frozen=True)
class News:
    """What is new for somebody, and whether they had asked for it."""

    challenges: Sequence[New]
    asked_for: bool


def news_for(
    session: Session,
    person: uuid.UUID,
    now: datetime,
    *,
    besides: Collection[uuid.UUID] = (),
    like: Sequence[str] = (),
) -> News:
    """Give what is new for a person, in three statements at most.

    `besides` are challenges that they know already; `like` the titles of those that they liked.
    """
    searches = own_searches(session, person)[:SEARCHES_MOST]
    rows = session.execute(_asked_for(session, person, searches, besides, now)).all()
    if rows:
        return News([_new(row, searches) for row in rows], asked_for=True)
    rows = session.execute(_anything(session, besides, like, now)).all()
    return News([_new(row, searches) for row in rows], asked_for=False)


def _asked_for(
    session: Session,
    person: uuid.UUID,
    searches: Sequence[SavedSearch],
    besides: Collection[uuid.UUID],
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    """Select what the person follows or has saved a search for, the newest first."""
    parts: list[Select[*tuple[Any, ...]]] = [
        select(Follow.challenge_id.label("id"), literal(_FOLLOWED, Integer).label("place")).where(
            Follow.user_id == person
        )
    ]
    for place, search in enumerate(searches):
        if (filters := filters_of(search.asked, now)) is None:
            continue
        fresh = replace(filters, state=StateFilter.OPEN, order=Order.NEWEST).since(now - NEW)
        chosen = choosing(session, fresh, now).subquery()
        parts.append(select(chosen.c.id, literal(place, Integer).label("place")))
    found = union_all(*parts).subquery()
    # What the person follows is told as that; of several searches the first by name is named.
    first = select(found.c.id, func.min(found.c.place).label("place")).group_by(found.c.id)
    chosen = first.subquery()
    return (
        _new_ones(chosen.c.place, besides, now)
        .join(chosen, chosen.c.id == Challenge.id)
        .order_by(Challenge.published_at.desc(), Challenge.id.desc())
    )


def _anything(
    session: Session, besides: Collection[uuid.UUID], like: Sequence[str], now: datetime
) -> Select[*tuple[Any, ...]]:
    """Select all that is new, first what shares the rarest words with the titles in `like`."""
    query = _new_ones(cast(null(), Integer), besides, now)
    words = list(dict.fromkeys(word for title in like for word in telling_words(title, "")))
    if words:
        alike = AnyOf(tuple(Term((word,)) for word in words[:WORDS_MOST]))
        hits = matches(session, alike, ranked=True).subquery()
        query = query.outerjoin(hits, hits.c.challenge_id == Challenge.id).order_by(
            func.coalesce(hits.c.score, 0).desc()
        )
    return query.order_by(Challenge.published_at.desc(), Challenge.id.desc())


def _new_ones(
    place: ColumnElement[int], besides: Collection[uuid.UUID], now: datetime
) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Challenge.reference,
            Challenge.title,
            Challenge.summary,
            Organisation.name.label("buyer"),
            Stage.closes_at,
            place.label("place"),
        )
        .join(Stage, FIRST_STAGE)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .where(
            Challenge.state == State.OPEN,
            Stage.closes_at > now,
            Challenge.bids_elsewhere.is_(False),
            Challenge.published_at > now - NEW,
            Challenge.id.not_in(besides),
        )
        .limit(MOST)
    )


def _new(row: Row[*tuple[Any, ...]], searches: Sequence[SavedSearch]) -> New:
    named = row.place is not None and row.place != _FOLLOWED
    return New(
        row.reference,
        row.title,
        row.summary,
        row.buyer,
        row.closes_at,
        search=searches[row.place].name if named else "",
        followed=row.place == _FOLLOWED,
    )

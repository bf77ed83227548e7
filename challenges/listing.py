"""Lists of challenges, paged by key: read as plain rows, never counted as a whole.

A page begins after the last row of the one before (its key), so page 5,000 costs what page 1
costs, and a challenge published meanwhile shifts nothing.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from challenges.lifecycle import State, state_at
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.permissions import Actor

# A query for the identifiers of the rows of a list.
Chosen = Select[uuid.UUID]

PAGE_SIZE = 20

# Beyond this a count says "more than": counting on would cost more than it tells.
COUNT_MOST = 1_000

# More words than anybody types; each costs a comparison for every row.
SEARCH_WORDS_MOST = 8


class StateFilter(StrEnum):
    """Groups of states that a visitor asks for."""

    ANY = "any"
    OPEN = "open"
    CLOSED = "closed"
    AWARDED = "awarded"
    ENDED = "ended"


class Order(StrEnum):
    """How a list is ordered. CLOSING shows only what is still open: the rest has closed."""

    NEWEST = "newest"
    CLOSING = "closing"
    VALUE = "value"


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for; money in minor units, both ends included."""

    text: str = ""
    state: StateFilter = StateFilter.ANY
    region: str | None = None
    sector: str | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    closes_before: datetime | None = None
    order: Order = Order.NEWEST

    @property
    def words(self) -> list[str]:
        """Give the words to look for, each of which must occur."""
        return self.text.split()[:SEARCH_WORDS_MOST]

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return self != Filters(order=self.order)


class Listed(NamedTuple):
    """One row of a list."""

    id: uuid.UUID
    reference: str
    title: str
    summary: str
    stored_state: State
    published_at: datetime | None
    created_at: datetime
    closes_at: datetime | None
    value_minor: int | None
    currency: str
    region: str | None
    sector: str | None
    buyer: str

    def state(self, now: datetime) -> State:
        """Give the state at `now`."""
        return state_at(self.stored_state, self.closes_at, now)


@dataclass(frozen=True)
class Page:
    """One page of a list, with the keys of its neighbours where there are any.

    `count` is how many there are in all, where that is known cheaply; `more_than` says that it is
    only a lower bound.
    """

    rows: Sequence[Listed]
    after: str | None = None
    before: str | None = None
    count: int | None = None
    more_than: bool = False


@dataclass(frozen=True)
class _Sort:
    """A column to sort by, the identifier that settles ties, and the direction."""

    column: InstrumentedAttribute[Any]
    tie: InstrumentedAttribute[uuid.UUID]
    descending: bool = True

    def key(self, row: Listed) -> str:
        value = {"closes_at": row.closes_at, "value_minor": row.value_minor}.get(
            self.column.key,
            row.created_at if self.column.key == "created_at" else row.published_at,
        )
        if isinstance(value, datetime):
            value = int(value.timestamp()) * 1_000_000 + value.microsecond
        return f"{value}-{row.id.hex}"

    def read(self, key: str | None) -> tuple[Any, uuid.UUID] | None:
        """Read a key; one that nobody made means the beginning."""
        number, _dash, identifier = (key or "").partition("-")
        try:
            value, tie = int(number), uuid.UUID(identifier)
            if self.column.key == "value_minor":
                return (value, tie) if 0 < value < 2**63 else None
            seconds, micro = divmod(value, 1_000_000)
            return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), tie
        except (ValueError, OverflowError, OSError):
            return None


_COLUMNS = (
    Challenge.id,
    Challenge.reference,
    Challenge.title,
    Challenge.summary,
    Challenge.state,
    Challenge.published_at,
    Challenge.created_at,
    Stage.closes_at,
    Challenge.value_minor,
    Challenge.currency,
    Challenge.region,
    Challenge.sector,
    Organisation.name,
)

_FIRST_STAGE = and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1)

_NEWEST = _Sort(Challenge.published_at, Challenge.id)
_VALUE = _Sort(Challenge.value_minor, Challenge.id)
_CLOSING = _Sort(Stage.closes_at, Stage.challenge_id, descending=False)
_BEGUN = _Sort(Challenge.created_at, Challenge.id)
_SORTS = {Order.NEWEST: _NEWEST, Order.VALUE: _VALUE, Order.CLOSING: _CLOSING}


def challenge_page(
    session: Session,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Give a page of the public list, in at most two statements.

    `after` and `before` are keys that a page gave; a key that cannot be read means the beginning.
    """
    chosen = _choosing(filters, now)
    page = _page(session, chosen, _SORTS[filters.order], after, before, size)
    if page.count is None and not filters.words:
        # A search for words would read every text to the end, so it is not counted.
        return _counted(session, chosen, page)
    return page


def own_page(
    session: Session,
    actor: Actor,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Give a page of the challenges of the actor's own body in every state, newest begun first."""
    chosen: Chosen = select(Challenge.id).where(Challenge.buyer_id == actor.organisation_id)
    return _page(session, chosen, _BEGUN, after, before, size)


def _choosing(filters: Filters, now: datetime) -> Chosen:
    """Select the ids that answer the filters, joining only what they read.

    Rows are chosen by narrow indexes and made wide afterwards: to sort or skip whole rows, with
    their texts, is what makes a long list slow.
    """
    chosen: Chosen = select(Challenge.id)
    by_closing = filters.order is Order.CLOSING
    if (
        by_closing
        or filters.closes_before
        or filters.state in (StateFilter.OPEN, StateFilter.CLOSED)
    ):
        chosen = chosen.join(Stage, _FIRST_STAGE)
    if filters.words:
        chosen = chosen.join(Organisation, Organisation.id == Challenge.buyer_id)
    return chosen.where(*_conditions(filters, now))


def _conditions(filters: Filters, now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Challenge.published_at.is_not(None)]
    if filters.order is Order.CLOSING:
        found += [Challenge.state == State.OPEN, Stage.closes_at > now]
    if filters.order is Order.VALUE:
        found.append(Challenge.value_minor.is_not(None))
    if (state := _in_state(filters.state, now)) is not None:
        found.append(state)
    if filters.region:
        found.append(Challenge.region == filters.region)
    if filters.sector:
        found.append(Challenge.sector == filters.sector)
    if filters.least_minor is not None:
        found.append(Challenge.value_minor >= filters.least_minor)
    if filters.most_minor is not None:
        found.append(Challenge.value_minor <= filters.most_minor)
    if filters.closes_before is not None:
        found.append(Stage.closes_at < filters.closes_before)
    found += [
        or_(
            Challenge.title.icontains(word, autoescape=True),
            Challenge.summary.icontains(word, autoescape=True),
            Challenge.problem.icontains(word, autoescape=True),
            Organisation.name.icontains(word, autoescape=True),
        )
        for word in filters.words
    ]
    return found


def _in_state(state: StateFilter, now: datetime) -> ColumnElement[bool] | None:
    """Give the SQL twin of `lifecycle.state_at` for a group of states."""
    match state:
        case StateFilter.OPEN:
            return and_(Challenge.state == State.OPEN, Stage.closes_at > now)
        case StateFilter.CLOSED:
            return or_(
                and_(Challenge.state == State.OPEN, Stage.closes_at <= now),
                Challenge.state.in_([State.OPENED, State.EVALUATING]),
            )
        case StateFilter.AWARDED:
            return Challenge.state.in_([State.INTENTION, State.SIGNED])
        case StateFilter.ENDED:
            return Challenge.state.in_([State.STOPPED, State.CANCELLED])
        case StateFilter.ANY:
            return None


def _page(
    session: Session,
    chosen: Chosen,
    sort: _Sort,
    after: str | None,
    before: str | None,
    size: int,
) -> Page:
    start = sort.read(after)
    end = sort.read(before) if start is None else None
    backwards = end is not None
    downwards = sort.descending is not backwards
    columns = (sort.column, sort.tie)
    order = [column.desc() if downwards else column.asc() for column in columns]
    part = chosen.order_by(*order).limit(size + 1)
    if (place := start or end) is not None:
        here = tuple_(*columns)
        there = tuple_(*place, types=[column.type for column in columns])
        part = part.where(here < there if downwards else here > there)

    rows = [Listed(*row) for row in session.execute(_widened(part).order_by(*order))]
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
        if len(rows) < size:
            # The beginning came into view: a full first page reads better than a short one.
            return _page(session, chosen, sort, None, None, size)
    if not rows:
        return Page(rows, count=0 if place is None else None)
    return Page(
        rows,
        after=sort.key(rows[-1]) if more or backwards else None,
        before=sort.key(rows[0]) if (more if backwards else start is not None) else None,
        count=len(rows) if place is None and not more else None,
    )


def _widened(chosen: Chosen) -> Select[*tuple[Any, ...]]:
    """Give whole rows for the ids that were chosen."""
    ids = chosen.subquery()
    return (
        select(*_COLUMNS)
        .join(ids, ids.c.id == Challenge.id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .outerjoin(Stage, _FIRST_STAGE)
    )


def _counted(session: Session, chosen: Chosen, page: Page) -> Page:
    some = chosen.limit(COUNT_MOST + 1).subquery()
    found = session.scalar(select(func.count()).select_from(some)) or 0
    return Page(
        page.rows, page.after, page.before, min(found, COUNT_MOST), more_than=found > COUNT_MOST
    )

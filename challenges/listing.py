"""Lists of challenges, paged by key: read as plain rows, counted only as far as it tells anything.

A page begins after the last row of the one before (its key), so page 5,000 costs what page 1
costs, and a challenge published meanwhile shifts nothing.
"""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, literal_column, select, text, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from challenges.finding.choosing import FIRST_STAGE, Chosen, choosing
from challenges.finding.filters import Filters, Order, StateFilter
from challenges.finding.matching import Marked, Unindexed, marked
from challenges.lifecycle import AWARDED_STATES, WORK_STATES, State, state_at
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.permissions import Actor

__all__ = [
    "Facets",
    "Filters",
    "Listed",
    "Order",
    "Page",
    "StateFilter",
    "challenge_page",
    "own_page",
]

PAGE_SIZE = 20

# Beyond this a count says "more than": counting on would cost more than it tells.
COUNT_MOST = 500
# What words have found is counted as it is found; to look at each once more is for a few.
FOUND_MOST = 200


class Listed(NamedTuple):
    """One row of a list. `score` is how well it answers the words, where that orders the list."""

    id: uuid.UUID
    reference: str
    title: str
    summary: str
    stored_state: State
    published_at: datetime | None
    created_at: datetime
    closes_at: datetime | None
    ended_at: datetime | None
    value_minor: int | None
    currency: str
    region: str | None
    sector: str | None
    round: str | None
    buyer_id: uuid.UUID
    buyer: str
    bids_elsewhere: bool = False
    score: int = 0

    def state(self, now: datetime) -> State:
        """Give the state at `now`."""
        return state_at(self.stored_state, self.closes_at, now)

    @property
    def never_closed(self) -> bool:
        """Whether it ended before its closing time."""
        ended, closes = self.ended_at, self.closes_at
        return ended is not None and closes is not None and ended < closes


@dataclass(frozen=True)
class Facets:
    """How many of what was found are in each group of states, region and sector."""

    state: Mapping[str, int]
    region: Mapping[str, int]
    sector: Mapping[str, int]


@dataclass(frozen=True)
class Page:
    """One page of a list, with the keys of its neighbours where there are any.

    `count` is how many there are in all, where that is known cheaply; `more_than` says that it is
    only a lower bound, and then nothing is known of `facets`. `marks` say where the words stand.
    """

    rows: Sequence[Listed]
    after: str | None = None
    before: str | None = None
    count: int | None = None
    more_than: bool = False
    facets: Facets | None = None
    marks: Mapping[uuid.UUID, Marked] = field(default_factory=dict)


@dataclass(frozen=True)
class _Sort:
    """A column to sort by, the identifier that settles ties, and the direction."""

    column: InstrumentedAttribute[Any] | ColumnElement[Any]
    tie: InstrumentedAttribute[uuid.UUID]
    name: str
    descending: bool = True

    def key(self, row: Listed) -> str:
        value = getattr(row, self.name)
        if isinstance(value, datetime):
            value = int(value.timestamp()) * 1_000_000 + value.microsecond
        return f"{value}-{row.id.hex}"

    def read(self, key: str | None) -> tuple[Any, uuid.UUID] | None:
        """Read a key; one that nobody made means the beginning."""
        number, _dash, identifier = (key or "").rpartition("-")
        try:
            value, tie = int(number), uuid.UUID(identifier)
            if self.name == "value_minor":
                return (value, tie) if 0 < value < 2**63 else None
            if self.name == "score":
                return (value, tie) if abs(value) < 2**63 else None
            seconds, micro = divmod(value, 1_000_000)
            return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micro), tie
        except (ValueError, OverflowError, OSError):
            return None

    def columns(self, *, unindexed: bool) -> tuple[Any, Any]:
        """Give what to sort by; `unindexed` where words have chosen the rows already."""
        if unindexed and self.name != "score":
            return Unindexed(self.column), self.tie
        return self.column, self.tie


_COLUMNS = (
    Challenge.id,
    Challenge.reference,
    Challenge.title,
    Challenge.summary,
    Challenge.state,
    Challenge.published_at,
    Challenge.created_at,
    Stage.closes_at,
    Challenge.ended_at,
    Challenge.value_minor,
    Challenge.currency,
    Challenge.region,
    Challenge.sector,
    Challenge.round,
    Challenge.buyer_id,
    Organisation.name,
    Challenge.bids_elsewhere,
)

_BEGUN = _Sort(Challenge.created_at, Challenge.id, "created_at")
_SORTS = {
    Order.NEWEST: _Sort(Challenge.published_at, Challenge.id, "published_at"),
    Order.VALUE: _Sort(Challenge.value_minor, Challenge.id, "value_minor"),
    Order.CLOSING: _Sort(Stage.closes_at, Stage.challenge_id, "closes_at", descending=False),
    Order.MATCH: _Sort(literal_column("found.score"), Challenge.id, "score"),
}


def challenge_page(
    session: Session,
    filters: Filters,
    *,
    now: datetime,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Give a page of the public list, in at most three statements.

    `after` and `before` are keys that a page gave; a key that cannot be read means the beginning.
    """
    if filters.order is Order.MATCH and not filters.by_match:
        filters = replace(filters, order=Order.NEWEST)
    chosen = choosing(session, filters, now)
    words = bool(filters.wanted)
    page = _page(session, chosen, _SORTS[filters.order], after, before, size, words=words)
    if not words or (page.count or 0) <= FOUND_MOST:
        # To count needs no rank.
        unranked = filters.ordered(Order.NEWEST) if filters.by_match else filters
        page = _counted(session, choosing(session, unranked, now), page, now)
    if words:
        marks = marked(session, filters.wanted, [row.id for row in page.rows])
        page = replace(page, marks=marks)
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


def _page(
    session: Session,
    chosen: Chosen,
    sort: _Sort,
    after: str | None,
    before: str | None,
    size: int,
    *,
    words: bool = False,
) -> Page:
    start = sort.read(after)
    end = sort.read(before) if start is None else None
    backwards = end is not None
    downwards = sort.descending is not backwards
    columns = sort.columns(unindexed=words)
    order = [column.desc() if downwards else column.asc() for column in columns]
    part = chosen.order_by(*order).limit(size + 1)
    if words:
        part = part.add_columns(func.count().over().label("total"))
    if (place := start or end) is not None:
        here = tuple_(*columns)
        there = tuple_(*place, types=[column.type for column in columns])
        part = part.where(here < there if downwards else here > there)

    found = session.execute(_widened(part, sort, words=words, downwards=downwards))
    width = len(Listed._fields)
    wide = [tuple(row) for row in found]
    rows = [Listed(*row[:width]) for row in wide]
    total = wide[0][width] if wide and words and place is None else None
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
        if len(rows) < size:
            # The beginning came into view: a full first page reads better than a short one.
            return _page(session, chosen, sort, None, None, size, words=words)
    if not rows:
        return Page(rows, count=0 if place is None else None)
    return Page(
        rows,
        after=sort.key(rows[-1]) if more or backwards else None,
        before=sort.key(rows[0]) if (more if backwards else start is not None) else None,
        count=total or (len(rows) if place is None and not more else None),
    )


def _widened(
    part: Chosen, sort: _Sort, *, words: bool, downwards: bool
) -> Select[*tuple[Any, ...]]:
    """Give whole rows for the ids that were chosen, in their order."""
    ids = part.subquery()
    by_score = sort.name == "score"
    columns = (ids.c.score if by_score else sort.column, ids.c.id)
    return (
        select(*_COLUMNS, *([ids.c.score, ids.c.total] if words else []))
        .join(ids, ids.c.id == Challenge.id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .outerjoin(Stage, FIRST_STAGE)
        .order_by(*(column.desc() if downwards else column.asc() for column in columns))
    )


def _counted(session: Session, chosen: Chosen, page: Page, now: datetime) -> Page:
    """Add how many there are, up to the most, and of which kind."""
    if page.count == 0:
        return page
    some = chosen.limit(COUNT_MOST + 1).subquery()
    group = _group(now)
    found = session.execute(
        select(group, Challenge.region, Challenge.sector, func.count())
        .select_from(some)
        .join(Challenge, Challenge.id == some.c.id)
        .outerjoin(Stage, FIRST_STAGE)
        .group_by(text("1"), Challenge.region, Challenge.sector)
    ).all()
    states, regions, sectors = Counter[str](), Counter[str](), Counter[str]()
    for state, region, sector, number in found:
        states[state] += number
        regions[region or ""] += number
        sectors[sector or ""] += number
    count = states.total()
    if count > COUNT_MOST:
        return replace(page, count=COUNT_MOST, more_than=True)
    return replace(page, count=count, facets=Facets(states, regions, sectors))


def _group(now: datetime) -> ColumnElement[str]:
    """Give the group of states that a challenge is in at `now`."""
    return case(
        (
            and_(
                Challenge.state == State.OPEN,
                Stage.closes_at > now,
                Challenge.bids_elsewhere.is_(False),
            ),
            literal_column(f"'{StateFilter.OPEN}'"),
        ),
        (
            Challenge.state.in_([State.OPEN, State.OPENED, State.EVALUATING]),
            literal_column(f"'{StateFilter.CLOSED}'"),
        ),
        (
            Challenge.state.in_(sorted(AWARDED_STATES - WORK_STATES)),
            literal_column(f"'{StateFilter.AWARDED}'"),
        ),
        (
            Challenge.state.in_(sorted(WORK_STATES)),
            literal_column(f"'{StateFilter.WORK}'"),
        ),
        else_=literal_column(f"'{StateFilter.ENDED}'"),
    )

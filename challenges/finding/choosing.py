"""Turns what a visitor looks for into a query for the identifiers of challenges."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, not_, or_, select
from sqlalchemy.orm import Session

from challenges.finding.filters import Filters, Order, StateFilter
from challenges.finding.matching import Unindexed, matches
from challenges.lifecycle import AWARDED_STATES, WORK_STATES, State
from challenges.models import Challenge, Stage

# A query for the identifiers of the rows of a list, with their scores where these are asked for.
Chosen = Select[*tuple[Any, ...]]

FIRST_STAGE = and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1)

_Wrap = Callable[[Any], ColumnElement[Any]]


def choosing(session: Session, filters: Filters, now: datetime) -> Chosen:
    """Select the ids that answer the filters, joining only what they read.

    Rows are chosen by narrow indexes and made wide afterwards: to sort or skip whole rows, with
    their texts, is what makes a long list slow.
    """
    wanted = filters.wanted
    chosen: Chosen
    if wanted:
        found = matches(session, wanted, ranked=filters.by_match).subquery("found")
        chosen = select(Challenge.id, found.c.score).join(
            found, found.c.challenge_id == Challenge.id
        )
    else:
        chosen = select(Challenge.id).where(Challenge.published_at.is_not(None))
        if filters.text:
            # Something was typed, and no word to look for in it.
            chosen = chosen.where(false())
    if (
        filters.order is Order.CLOSING
        or filters.closes_before
        or filters.closes_after
        or filters.state in (StateFilter.OPEN, StateFilter.CLOSED)
    ):
        chosen = chosen.join(Stage, FIRST_STAGE)
    return chosen.where(*_conditions(filters, now, Unindexed if wanted else _plain))


def _plain(column: Any) -> ColumnElement[Any]:
    return column  # type: ignore[no-any-return]  # an attribute of a model, which is a column


def _conditions(filters: Filters, now: datetime, of: _Wrap) -> list[ColumnElement[bool]]:
    closes_at = of(Stage.closes_at)
    found: list[ColumnElement[bool]] = []
    if filters.order is Order.CLOSING:
        # Most challenges of a young service are open, so their state is no way to find a few.
        found += [Unindexed(Challenge.state) == State.OPEN, Stage.closes_at > now, _here(of)]
    elif (state := _in_state(filters.state, now, of)) is not None:
        found.append(state)
    if filters.order is Order.CLOSING and filters.state not in (StateFilter.ANY, StateFilter.OPEN):
        found.append(false())
    if filters.order is Order.VALUE:
        found.append(of(Challenge.value_minor).is_not(None))
    for column, value in (
        (Challenge.region, filters.region),
        (Challenge.sector, filters.sector),
        (Challenge.round, filters.round),
        (Challenge.buyer_id, filters.body),
    ):
        if value:
            found.append(of(column) == value)
    value_minor = of(Challenge.value_minor)
    if filters.least_minor is not None:
        found.append(value_minor >= filters.least_minor)
    if filters.most_minor is not None:
        found.append(value_minor <= filters.most_minor)
    if filters.published_after is not None:
        found.append(of(Challenge.published_at) > filters.published_after)
    if filters.closes_after is not None:
        found.append(closes_at > filters.closes_after)
    if filters.closes_before is not None:
        found.append(closes_at < filters.closes_before)
    return found


def _here(of: _Wrap) -> ColumnElement[bool]:
    """Give the condition that bids are taken here: what goes elsewhere is never open for them."""
    return of(Challenge.bids_elsewhere).is_(False)


def _in_state(state: StateFilter, now: datetime, of: _Wrap) -> ColumnElement[bool] | None:
    """Give the SQL twin of `lifecycle.state_at` for a group of states."""
    stored = of(Challenge.state)
    match state:
        case StateFilter.OPEN:
            return and_(stored == State.OPEN, of(Stage.closes_at) > now, _here(of))
        case StateFilter.CLOSED:
            return or_(
                and_(stored == State.OPEN, or_(of(Stage.closes_at) <= now, not_(_here(of)))),
                stored.in_([State.OPENED, State.EVALUATING]),
            )
        case StateFilter.AWARDED:
            return stored.in_(sorted(AWARDED_STATES - WORK_STATES))
        case StateFilter.WORK:
            return stored.in_(sorted(WORK_STATES))
        case StateFilter.ENDED:
            return stored.in_([State.STOPPED, State.CANCELLED])
        case StateFilter.ANY:
            return None

"""Reads of queries about bids: the body's, a supplier's own, and what the panel may see."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from bids.asking.lifecycle import QueryDecision, QueryPart
from bids.asking.models import BidQuery
from bids.models import Bid
from challenges.models import Challenge, Criterion
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

NO_SUCH_QUERY = N_("There is no such query.")


@dataclass(frozen=True)
class ShownQuery:
    """A decided query as the panel sees it: no name of anybody, and no other bid's.

    `key` is of the question that it concerns, None where it concerns none in particular.
    """

    key: str | None
    number: int
    part: QueryPart
    text: str
    answer: str | None
    decision: QueryDecision
    because: str


def of_challenge(session: Session, challenge: Challenge) -> Sequence[BidQuery]:
    """Give every query about a challenge's bids, the latest first, with bid and supplier."""
    return session.scalars(
        select(BidQuery)
        .join(BidQuery.bid)
        .where(Bid.challenge_id == challenge.id)
        .options(
            _with_bid(),
            *_WHOLE,
        )
        .order_by(BidQuery.asked_at.desc(), BidQuery.id.desc())
    ).all()


def of_bid(session: Session, bid_id: uuid.UUID) -> Sequence[BidQuery]:
    """Give the queries about one bid, in the order of asking."""
    return session.scalars(
        select(BidQuery).where(BidQuery.bid_id == bid_id).options(*_WHOLE).order_by(BidQuery.number)
    ).all()


def query_of(session: Session, challenge: Challenge, bid_reference: str, number: int) -> BidQuery:
    """Give a query about a bid of a challenge that the caller has loaded in its scope.

    Raises:
        NotFound: there is none.
    """
    found = session.scalar(
        select(BidQuery)
        .join(BidQuery.bid)
        .where(
            Bid.challenge_id == challenge.id,
            Bid.reference == bid_reference,
            BidQuery.number == number,
        )
        .options(
            _with_bid(),
            *_WHOLE,
        )
    )
    if found is None:
        raise NotFound(NO_SUCH_QUERY)
    return found


def own_query(session: Session, bid_reference: str, number: int, actor: Actor) -> BidQuery:
    """Give a query about a bid of the actor's organisation, with bid and challenge.

    Raises:
        NotFound: there is none, or the bid is another supplier's.
    """
    found = session.scalar(
        select(BidQuery)
        .join(BidQuery.bid)
        .where(
            Bid.reference == bid_reference,
            Bid.supplier_id == actor.organisation_id,
            BidQuery.number == number,
        )
        .options(
            contains_eager(BidQuery.bid).options(
                joinedload(Bid.challenge).joinedload(Challenge.buyer), joinedload(Bid.stage)
            ),
            joinedload(BidQuery.criterion),
            joinedload(BidQuery.answered_by),
            selectinload(BidQuery.extensions),
        )
    )
    if found is None:
        raise NotFound(NO_SUCH_QUERY)
    return found


def waiting_of_supplier(
    session: Session, supplier_id: uuid.UUID, now: datetime
) -> Sequence[BidQuery]:
    """Give what a supplier still has to answer, the most urgent first, with the challenge."""
    return waiting_of_suppliers(session, [supplier_id], now)


def waiting_of_suppliers(
    session: Session, suppliers: Collection[uuid.UUID], now: datetime
) -> Sequence[BidQuery]:
    """Give what some suppliers still have to answer, the most urgent first, with the challenge."""
    return session.scalars(
        select(BidQuery)
        .join(BidQuery.bid)
        .where(
            Bid.supplier_id.in_(suppliers),
            BidQuery.answered_at.is_(None),
            BidQuery.withdrawn_at.is_(None),
            BidQuery.decided_at.is_(None),
            BidQuery.answer_by > now,
        )
        .options(
            contains_eager(BidQuery.bid).options(joinedload(Bid.challenge), joinedload(Bid.stage))
        )
        .order_by(BidQuery.answer_by, BidQuery.id)
    ).all()


def next_number(session: Session, bid: Bid) -> int:
    """Give the number of the next query about a bid."""
    highest = session.scalar(select(func.max(BidQuery.number)).where(BidQuery.bid_id == bid.id))
    return (highest or 0) + 1


def shown_to_panel(
    session: Session, bid_ids: Collection[uuid.UUID], key: str | None = None
) -> Mapping[uuid.UUID, Sequence[ShownQuery]]:
    """Give by bid what the panel may see beside the answers to the question `key`, in a statement.

    That is what concerns this question, and what concerns no question in particular; without a
    key, what concerns any.
    """
    of_key = [or_(BidQuery.criterion_id.is_(None), Criterion.key == key)] if key else []
    rows = session.execute(
        select(BidQuery, Criterion.key)
        .outerjoin(Criterion, Criterion.id == BidQuery.criterion_id)
        .where(BidQuery.bid_id.in_(bid_ids), BidQuery.shown_at.is_not(None), *of_key)
        .order_by(BidQuery.number)
    )
    found: dict[uuid.UUID, list[ShownQuery]] = {}
    for row, concerned in rows:
        if row.decision is not None:
            found.setdefault(row.bid_id, []).append(
                ShownQuery(
                    key=concerned,
                    number=row.number,
                    part=row.part,
                    text=row.text,
                    answer=row.answer,
                    decision=row.decision,
                    because=row.decided_because or "",
                )
            )
    return found


def _with_bid() -> ExecutableOption:
    return contains_eager(BidQuery.bid).options(joinedload(Bid.supplier), joinedload(Bid.stage))


_WHOLE = (
    joinedload(BidQuery.criterion),
    joinedload(BidQuery.asked_by),
    joinedload(BidQuery.answered_by),
    joinedload(BidQuery.decided_by),
    joinedload(BidQuery.withdrawn_by),
    selectinload(BidQuery.extensions),
)

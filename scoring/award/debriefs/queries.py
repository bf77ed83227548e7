"""Reads debrief meetings: those of a stage, and a bidder's own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload

from bids.models import Bid
from bids.queries import own_bid
from challenges.frozen import frozen_evaluation
from challenges.models import Challenge, Stage
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Answer
from marketplace.core.regimes import book
from marketplace.core.regimes.shapes import LetterKind
from marketplace.core.text import N_
from scoring.award.complaints.queries import Told, told_to
from scoring.award.debriefs import policy
from scoring.award.debriefs.lifecycle import Standing, asked_until, standing_of
from scoring.award.debriefs.models import Debrief, DebriefTime


@dataclass(frozen=True)
class Meeting:
    """A debrief meeting with how far it has come at some moment."""

    row: Debrief
    standing: Standing
    free: Sequence[datetime]


@dataclass(frozen=True)
class Own:
    """What a bidder sees of debrief meetings about its bid, the newest first."""

    bid: Bid
    meetings: Sequence[Meeting]
    until: datetime | None
    may_ask: Answer


def meeting_at(row: Debrief, now: datetime) -> Meeting:
    """Say how far a meeting has come at `now`."""
    offered = [each.starts_at for each in row.times]
    return Meeting(
        row,
        standing_of(
            starts_at=row.starts_at,
            offered=offered,
            recorded=row.recorded_at is not None,
            now=now,
        ),
        [each for each in offered if each > now],
    )


def meetings(session: Session, stage: Stage, now: datetime) -> list[Meeting]:
    """Give the debrief meetings about decisions on a stage, the newest first."""
    rows = session.scalars(_whole().join(Debrief.bid).where(Bid.stage_id == stage.id)).unique()
    return [meeting_at(row, now) for row in rows]


def meeting(session: Session, stage: Stage, debrief_id: uuid.UUID, now: datetime) -> Meeting:
    """Give one of them by its identifier.

    Raises:
        NotFound: there is none.
    """
    for each in meetings(session, stage, now):
        if each.row.id == debrief_id:
            return each
    raise NotFound(N_("There is no such meeting."))


def own(session: Session, bid_reference: str, actor: Actor, now: datetime) -> Own:
    """Give what the actor's organisation sees of meetings about its bid.

    Raises:
        NotFound: the bid is another supplier's.
    """
    bid = own_bid(session, bid_reference, actor)
    found = [
        meeting_at(row, now)
        for row in session.scalars(_whole().where(Debrief.bid_id == bid.id)).unique()
    ]
    told = told_to(session, bid)
    until = _until(session, bid.stage, told)
    return Own(
        bid,
        found,
        until,
        policy.can_ask(
            actor,
            told=told is not None,
            until=until,
            now=now,
            asked=told is not None and any(each.row.decided_at == told.at for each in found),
        ),
    )


def own_meeting(found: Own) -> Meeting:
    """Give the newest meeting of a bidder.

    Raises:
        NotFound: it has asked for none.
    """
    if not found.meetings:
        raise NotFound(N_("There is no such meeting."))
    return found.meetings[0]


def any_waiting(stage_id: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """Give the condition that a meeting about a stage waits for times, or is agreed and not
    recorded, for statements over many challenges."""
    offered = exists().where(DebriefTime.debrief_id == Debrief.id)
    return exists().where(
        Debrief.bid_id == Bid.id,
        Bid.stage_id == stage_id,
        Debrief.recorded_at.is_(None),
        or_(Debrief.starts_at.is_not(None), ~offered),
    )


def _until(session: Session, stage: Stage, told: Told | None) -> datetime | None:
    """Give from when on it is too late to ask, by the rules that the plan was pinned to."""
    if told is None:
        return None
    plan = frozen_evaluation(session, stage)
    regime = book.version_of(plan.regime, plan.regime_version)
    band = regime.under(regime.band(plan.band), stage.challenge.legal_route)
    return asked_until(told.at, band.letters[LetterKind.FURTHER_INFORMATION].asked_within_days)


def _whole() -> Select[Debrief]:
    return (
        select(Debrief)
        .options(
            joinedload(Debrief.bid).options(
                joinedload(Bid.supplier),
                joinedload(Bid.stage),
                joinedload(Bid.challenge).joinedload(Challenge.buyer),
            ),
            joinedload(Debrief.asked_by),
            joinedload(Debrief.recorded_by),
            selectinload(Debrief.times),
        )
        .order_by(Debrief.asked_at.desc(), Debrief.id.desc())
        .execution_options(populate_existing=True)
    )

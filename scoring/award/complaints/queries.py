"""Reads complaints and court proceedings, and gives what keeps contracts back because of them."""

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload, selectinload
from sqlalchemy.orm.attributes import set_committed_value

from bids.lifecycle import OPENED_STATES
from bids.models import Bid
from challenges.models import Challenge, Stage
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.award import blocking
from scoring.award.advancing.queries import confirmed
from scoring.award.complaints import policy
from scoring.award.complaints.lifecycle import Way, kept_back
from scoring.award.complaints.models import (
    AwardComplaint,
    ComplaintAnswer,
    ComplaintProposal,
    ComplaintWithdrawal,
    CourtProceedings,
    ProceedingsEnd,
    ProceedingsEndAnswer,
)
from scoring.award.holding import Hold
from scoring.award.letters import queries as letters
from scoring.award.queries import Decision, decision
from scoring.panel.models import PanelMember

_NO_COMPLAINT = N_("There is no such complaint.")


@dataclass(frozen=True)
class Before:
    """What is brought against a decision: complaints and proceedings, the newest first."""

    complaints: Sequence[AwardComplaint]
    proceedings: Sequence[CourtProceedings]

    @property
    def in_court(self) -> bool:
        """Tell whether proceedings have no end that two people recorded."""
        return any(each.ended is None for each in self.proceedings)


@dataclass(frozen=True)
class Told:
    """When a decision about a stage was told to its bidders, and when its standstill ends; None
    where none runs, as where suppliers go on to another stage.

    `signed` tells whether a contract rests on it already, `more` whether another one can follow.
    """

    at: datetime
    ends_at: datetime | None
    signed: bool = False
    more: bool = True

    @property
    def keeps_back(self) -> str:
        """Say what is signed while something brought against the decision is not settled."""
        return kept_back(signed=self.signed, more=self.more)


def told_of(
    session: Session, stage: Stage, bid: Bid | None = None, found: Decision | None = None
) -> Told | None:
    """Give the decision about a stage that stands and that its bidders were told of, or that of
    `bid`: of who goes on to another stage the others are told by letters, and not before. `found`
    is the decision on the stage, where the caller has read it."""
    found = found or decision(session, stage)
    intention = found.intention
    if intention is not None:
        return Told(
            intention.announced_at,
            intention.standstill_ends_at,
            signed=bool(found.contracts),
            more=bool(found.unsigned),
        )
    advance = confirmed(session, stage.id)
    at = letters.told_at(session, advance, bid.id if bid else None) if advance else None
    return Told(at, None) if at else None


def told_to(session: Session, bid: Bid) -> Told | None:
    """Give the decision that stands about the stage of a bid, if its bidder was told of it: not of
    a bid that was never opened."""
    return told_of(session, bid.stage, bid) if bid.state in OPENED_STATES else None


def held_stage(session: Session, bid: Bid) -> Stage:
    """Give the stage of an own bid, and hold its challenge until the transaction ends."""
    challenge = session.scalars(
        select(Challenge)
        .where(Challenge.id == bid.challenge_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    stage = next(each for each in challenge.stages if each.id == bid.stage_id)
    set_committed_value(stage, "challenge", challenge)
    return stage


def bids_of(session: Session, stage: Stage) -> Sequence[Bid]:
    """Give the bids of a stage that were opened, each with its supplier."""
    return session.scalars(
        select(Bid)
        .where(Bid.stage_id == stage.id, Bid.state.in_(OPENED_STATES))
        .options(joinedload(Bid.supplier))
        .order_by(Bid.reference)
    ).all()


def brought(session: Session, stage: Stage) -> Before:
    """Read all that was brought against decisions about a stage."""
    return Before(_complaints(session, [stage.id]), _proceedings(session, [stage.id]))


def complaint_numbered(session: Session, stage: Stage, number: int) -> AwardComplaint:
    """Give a complaint about a stage.

    Raises:
        NotFound: there is none with this number.
    """
    for each in _complaints(session, [stage.id]):
        if each.number == number:
            return each
    raise NotFound(_NO_COMPLAINT)


def proceedings_numbered(session: Session, stage: Stage, number: int) -> CourtProceedings:
    """Give proceedings about a stage.

    Raises:
        NotFound: there are none with this number.
    """
    for each in _proceedings(session, [stage.id]):
        if each.number == number:
            return each
    raise NotFound(N_("There are no such proceedings."))


def own_complaint(session: Session, bid_id: uuid.UUID, number: int) -> AwardComplaint:
    """Give a complaint that the bidder of a bid made here.

    Raises:
        NotFound: there is none with this number.
    """
    for each in of_bid(session, bid_id):
        if each.number == number and each.way is Way.HERE:
            return each
    raise NotFound(_NO_COMPLAINT)


def of_bid(session: Session, bid_id: uuid.UUID) -> Sequence[AwardComplaint]:
    """Give what the bidder of a bid has complained of, the newest first."""
    return _read(session, AwardComplaint.bid_id == bid_id)


def has_sat(session: Session, stage: Stage, user_id: uuid.UUID) -> bool:
    """Tell whether a person sits or sat on the panel of a stage, in whatever seat."""
    return bool(
        session.scalar(
            select(exists().where(PanelMember.stage_id == stage.id, PanelMember.user_id == user_id))
        )
    )


def next_number(
    session: Session, table: type[AwardComplaint] | type[CourtProceedings], stage: Stage
) -> int:
    """Give the number that the next row about a stage has; the caller holds the challenge."""
    last = session.scalar(select(func.max(table.number)).where(table.stage_id == stage.id))
    return (last or 0) + 1


def any_open(stage_id: InstrumentedAttribute[uuid.UUID]) -> ColumnElement[bool]:
    """Give the condition that something brought against a decision about a stage is not settled,
    for statements over many challenges."""
    confirmed = exists().where(
        ComplaintProposal.complaint_id == AwardComplaint.id,
        ComplaintAnswer.proposal_id == ComplaintProposal.id,
        ComplaintAnswer.confirmed,
    )
    back = exists().where(ComplaintWithdrawal.complaint_id == AwardComplaint.id)
    ended = exists().where(
        ProceedingsEnd.proceedings_id == CourtProceedings.id,
        ProceedingsEndAnswer.end_id == ProceedingsEnd.id,
        ProceedingsEndAnswer.confirmed,
    )
    return or_(
        exists().where(AwardComplaint.stage_id == stage_id, ~confirmed, ~back),
        exists().where(CourtProceedings.stage_id == stage_id, ~ended),
    )


def _complaints(session: Session, stages: Collection[uuid.UUID]) -> Sequence[AwardComplaint]:
    return _read(session, AwardComplaint.stage_id.in_(stages))


def _read(session: Session, condition: ColumnElement[bool]) -> Sequence[AwardComplaint]:
    return session.scalars(
        select(AwardComplaint)
        .where(condition)
        .options(
            joinedload(AwardComplaint.bid).joinedload(Bid.supplier),
            joinedload(AwardComplaint.recorded_by),
            joinedload(AwardComplaint.withdrawal),
            selectinload(AwardComplaint.proposals).options(
                joinedload(ComplaintProposal.proposed_by),
                joinedload(ComplaintProposal.answer).joinedload(ComplaintAnswer.answered_by),
            ),
        )
        .order_by(AwardComplaint.recorded_at.desc(), AwardComplaint.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def _proceedings(session: Session, stages: Collection[uuid.UUID]) -> Sequence[CourtProceedings]:
    return session.scalars(
        select(CourtProceedings)
        .where(CourtProceedings.stage_id.in_(stages))
        .options(
            joinedload(CourtProceedings.recorded_by),
            selectinload(CourtProceedings.ends).options(
                joinedload(ProceedingsEnd.recorded_by),
                joinedload(ProceedingsEnd.answer).joinedload(ProceedingsEndAnswer.answered_by),
            ),
        )
        .order_by(CourtProceedings.recorded_at.desc(), CourtProceedings.id.desc())
        .execution_options(populate_existing=True)
    ).all()


def keeping_back(session: Session, stage: Stage, _now: datetime) -> Iterator[Hold]:
    """Give what complaints and proceedings keep back, also those about an earlier stage: who was
    left out there may have been left out wrongly."""
    stages = [each.id for each in stage.challenge.stages if each.ordinal <= stage.ordinal]
    standings = [each.standing for each in _complaints(session, stages)]
    cases = _proceedings(session, stages)
    in_court = any(each.ended is None for each in cases)
    fallen = [each.set_aside_at for each in cases if each.set_aside_at is not None]
    found = decision(session, stage) if fallen else None
    told = told_of(session, stage, found=found) if found else None
    yield from policy.holds(
        standings,
        in_court=in_court,
        set_aside=told is not None and any(told.at <= each for each in fallen),
        signed=found is not None and bool(found.contracts),
    )


blocking.register("scoring.award.complaints", keeping_back)

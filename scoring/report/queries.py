"""Reads the reports of a stage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from challenges.models import Stage
from challenges.stages.kinds import is_judged
from scoring.report.models import DebriefFile, FrozenReport, ReportFile
from scoring.report.values import Edition


@dataclass(frozen=True)
class Made:
    """One finished edition: the report's number, its file and when it was made."""

    number: int
    edition: Edition
    sha256: str
    size: int
    made_at: datetime


@dataclass(frozen=True)
class Progress:
    """How many editions of the newest report are made, of those that are to be."""

    made: int
    due: int

    @property
    def done(self) -> bool:
        """Tell whether none is left to make."""
        return self.made >= self.due


def progress(session: Session, stage: Stage, *, signed: bool) -> Progress | None:
    """Tell how far the newest report of a stage is made; None where none was frozen.

    Before a contract is signed there is one for auditors and one for each bidder, afterwards one
    for auditors and one for everybody.
    """
    report_id = session.scalar(
        select(FrozenReport.id)
        .where(FrozenReport.stage_id == stage.id)
        .order_by(FrozenReport.number.desc())
        .limit(1)
    )
    if report_id is None:
        return None
    made = sum(
        session.scalar(select(func.count()).where(table.report_id == report_id)) or 0
        for table in (ReportFile, DebriefFile)
    )
    others = 1 if signed else len(told_of(session, stage))
    return Progress(min(made, 1 + others), 1 + others)


def told_of(session: Session, stage: Stage) -> Sequence[Bid]:
    """Give the bids whose suppliers get an edition of their own when a decision is announced.

    Bidders whose bids came in elsewhere have no account.
    """
    return () if stage.challenge.bids_elsewhere else debriefed(session, stage)


def files(session: Session, stage_id: uuid.UUID) -> Sequence[Made]:
    """Give every finished edition of a stage's reports, the newest first."""
    rows = session.execute(
        select(
            FrozenReport.number,
            ReportFile.edition,
            ReportFile.sha256,
            ReportFile.size,
            ReportFile.made_at,
        )
        .join(ReportFile, ReportFile.report_id == FrozenReport.id)
        .where(FrozenReport.stage_id == stage_id)
        .order_by(FrozenReport.number.desc(), ReportFile.edition)
    ).tuples()
    return [Made(*row) for row in rows]


def debriefed(session: Session, stage: Stage) -> Sequence[Bid]:
    """Give the opened bids of the stages that a report tells of, one for each supplier: its last.

    A bid that was withdrawn is told nothing.
    """
    stages = [
        each.id
        for each in stage.challenge.stages
        if is_judged(each) and each.ordinal <= stage.ordinal
    ]
    found: dict[uuid.UUID, Bid] = {}
    rows = session.scalars(
        select(Bid)
        .join(Stage, Stage.id == Bid.stage_id)
        .where(
            Bid.stage_id.in_(stages),
            Bid.state.in_(OPENED_STATES),
            Bid.state != BidState.WITHDRAWN,
        )
        .order_by(Stage.ordinal, Bid.reference)
    )
    for bid in rows:
        found[bid.supplier_id] = bid
    return list(found.values())


def newest_file(session: Session, stage_id: uuid.UUID, edition: Edition) -> Made | None:
    """Give the newest finished file of an edition."""
    return next((file for file in files(session, stage_id) if file.edition is edition), None)


def newest_debrief(session: Session, bid: Bid) -> Made | None:
    """Give the newest edition for the supplier of a bid: it is about the last one of its bids.

    So a supplier finds it from each of the bids that it had, stage by stage.
    """
    row = session.execute(
        select(FrozenReport.number, DebriefFile.sha256, DebriefFile.size, DebriefFile.made_at)
        .join(DebriefFile, DebriefFile.report_id == FrozenReport.id)
        .join(Bid, Bid.id == DebriefFile.bid_id)
        .where(Bid.challenge_id == bid.challenge_id, Bid.supplier_id == bid.supplier_id)
        .order_by(FrozenReport.frozen_at.desc(), FrozenReport.number.desc())
        .limit(1)
    ).one_or_none()
    return row and Made(row.number, Edition.DEBRIEF, row.sha256, row.size, row.made_at)


def newest_facts(session: Session, stage_id: uuid.UUID) -> bytes | None:
    """Give the facts of the newest report of a stage, as frozen."""
    return session.scalar(
        select(FrozenReport.facts)
        .where(FrozenReport.stage_id == stage_id)
        .order_by(FrozenReport.number.desc())
        .limit(1)
    )

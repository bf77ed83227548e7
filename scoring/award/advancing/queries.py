"""Reads what was decided about who goes on from a stage."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.models import Stage
from challenges.stages.running import next_judged, stored_state
from scoring.award.advancing.cutting_off import cut_offs
from scoring.award.advancing.lifecycle import Line, line_of
from scoring.award.advancing.models import (
    Advance,
    AdvanceAnswer,
    AdvancingBid,
    CutOffDecision,
)
from scoring.award.advancing.policy import Standing
from scoring.award.queries import Decision
from scoring.award.recomputing.lifecycle import lapsed


@dataclass(frozen=True)
class Progress:
    """How far a stage has come with who goes on; `line` is None before there is a result."""

    standing: Standing
    line: Line | None
    advance: Advance | None
    lapsed: bool
    cut_offs: Sequence[CutOffDecision]


def progress(session: Session, stage: Stage, found: Decision) -> Progress:
    """Read how far a stage has come with who goes on from it."""
    computed = found.computed
    line = line_of(computed.evaluation, computed.result) if computed and found.locked else None
    advance = newest(session, stage.id)
    fell = advance is not None and lapsed(
        answered=advance.answer is not None,
        rests_on=advance.result_id,
        newest=computed.row.id if computed else None,
        locked=found.locked,
    )
    return Progress(
        standing=Standing(
            state=stored_state(stage.challenge, stage),
            leads_on=next_judged(stage.challenge, stage) is not None,
            has_result=line is not None,
            any_above=line is not None and bool(line.above),
            tie=line is not None and not line.decided,
            undecided=found.undecided,
            awaits=advance is not None and advance.answer is None and not fell,
        ),
        line=line,
        advance=advance,
        lapsed=fell,
        cut_offs=cut_offs(session, stage.id),
    )


def newest(session: Session, stage_id: uuid.UUID) -> Advance | None:
    """Give the latest proposal of who goes on from a stage."""
    return (
        session.scalars(
            select(Advance)
            .where(Advance.stage_id == stage_id)
            .options(
                joinedload(Advance.going_on).joinedload(AdvancingBid.bid).joinedload(Bid.supplier),
                joinedload(Advance.proposed_by),
                joinedload(Advance.answer).joinedload(AdvanceAnswer.decided_by),
            )
            .order_by(Advance.proposed_at.desc(), Advance.id.desc())
            .limit(1)
        )
        .unique()
        .first()
    )


def confirmed(session: Session, stage_id: uuid.UUID) -> Advance | None:
    """Give the list of those who went on from a stage; None before it is confirmed."""
    advance = newest(session, stage_id)
    answer = advance.answer if advance else None
    return advance if answer and answer.confirmed else None

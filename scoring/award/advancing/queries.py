"""Reads what was decided about who goes on from a stage."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.models import Stage
from challenges.stages.running import next_judged, stored_state
from scoring import engine
from scoring.award.advancing.cutting_off import cut_offs
from scoring.award.advancing.lifecycle import Line, line_of
from scoring.award.advancing.models import (
    Advance,
    AdvanceAnswer,
    AdvanceWithdrawal,
    AdvancingBid,
    CutOffDecision,
)
from scoring.award.advancing.policy import Standing
from scoring.award.queries import Computed, Decision
from scoring.award.recomputing.lifecycle import lapsed


@dataclass(frozen=True)
class Progress:
    """How far a stage has come with who goes on; `line` is None before there is a result.

    `open_line` is the one at which a tie is to be decided: the line itself, or where a decision can
    be made anew, the line without the one that was made.
    """

    standing: Standing
    line: Line | None
    open_line: Line | None
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
    again = None
    if line is not None and computed is not None and _sent_back(advance, computed):
        again = _undecided(computed.evaluation)
    return Progress(
        standing=Standing(
            state=stored_state(stage.challenge, stage),
            leads_on=next_judged(stage.challenge, stage) is not None,
            has_result=line is not None,
            any_above=line is not None and bool(line.above),
            tie=line is not None and not line.decided,
            undecided=found.undecided,
            awaits=advance is not None and advance.answer is None and not fell,
            tie_again=again is not None,
        ),
        line=line,
        open_line=again or line,
        advance=advance,
        lapsed=fell,
        cut_offs=cut_offs(session, stage.id),
    )


def _sent_back(advance: Advance | None, computed: Computed) -> bool:
    """Tell whether an approver returned a proposal that rests on this result."""
    answer = advance.answer if advance else None
    return (
        advance is not None
        and answer is not None
        and not answer.confirmed
        and advance.result_id == computed.row.id
    )


def _undecided(evaluation: Mapping[str, Any]) -> Line | None:
    """Draw the line without the panel's decision about a tie at it; None where it made none."""
    if "cutoff_decision" not in evaluation:
        return None
    document = {key: value for key, value in evaluation.items() if key != "cutoff_decision"}
    return line_of(document, engine.evaluate_document(document))


def newest(session: Session, stage_id: uuid.UUID) -> Advance | None:
    """Give the latest proposal of who goes on from a stage."""
    return (
        session.scalars(
            select(Advance)
            .where(Advance.stage_id == stage_id)
            .options(
                joinedload(Advance.going_on).joinedload(AdvancingBid.bid).joinedload(Bid.supplier),
                joinedload(Advance.proposed_by),
                joinedload(Advance.withdrawal),
                joinedload(Advance.answer).joinedload(AdvanceAnswer.decided_by),
            )
            .order_by(Advance.proposed_at.desc(), Advance.id.desc())
            .limit(1)
            .execution_options(populate_existing=True)
        )
        .unique()
        .first()
    )


def confirmed(session: Session, stage_id: uuid.UUID) -> Advance | None:
    """Give the list of those who went on from a stage; None before it is confirmed, and where it
    was taken back."""
    advance = newest(session, stage_id)
    return advance if advance and advance.stands else None


def stands_still() -> ColumnElement[bool]:
    """Give the condition that an answered list was not taken back, for a statement that reads the
    answer."""
    return ~exists().where(AdvanceWithdrawal.advance_id == AdvanceAnswer.advance_id)


def was_sifted_back(session: Session, stage_id: uuid.UUID) -> bool:
    """Tell whether who goes on from a stage is decided again: a list was taken back, and none
    stands."""
    # Most stages have none, so that this is one statement.
    return bool(taken_back(session, stage_id)) and confirmed(session, stage_id) is None


def taken_back(session: Session, stage_id: uuid.UUID) -> Sequence[Advance]:
    """Give the confirmed lists of a stage that were taken back, the first first."""
    return (
        session.scalars(
            select(Advance)
            .where(Advance.stage_id == stage_id)
            .join(AdvanceWithdrawal, AdvanceWithdrawal.advance_id == Advance.id)
            .options(joinedload(Advance.withdrawal), joinedload(Advance.answer))
            .order_by(AdvanceWithdrawal.withdrawn_at)
        )
        .unique()
        .all()
    )

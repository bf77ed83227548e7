"""What moves a stage, and what the log says of it; `standing` tells where it stands."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from challenges.lifecycle import Event, State, stage_after
from challenges.models import Challenge, Stage
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from challenges.stages.standing import (
    BEFORE_EVALUATION,
    next_judged,
    said,
    source_of,
    stage_at,
    state_of,
    stored_state,
)
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.stages import of_stage
from marketplace.core.clock import Clock
from marketplace.core.database import enum_type
from marketplace.core.permissions import Actor

__all__ = [
    "begin",
    "come_back",
    "entries",
    "go_on",
    "last_entry",
    "next_judged",
    "read_from",
    "said",
    "source_of",
    "stage_at",
    "stands",
    "state_of",
    "stored_state",
    "takes_bids",
]

_STATE = enum_type(State, checked=False)


def entries(session: Session, stage: Stage, *actions: str) -> Iterator[LogEntry]:
    """Give the entries of these actions about a stage, the newest first.

    They are to be actions that happen rarely: the challenge's other stages are passed over here.
    """
    found = session.scalars(
        select(LogEntry)
        .where(LogEntry.chain == stage.challenge.reference, LogEntry.action.in_(actions))
        .order_by(LogEntry.cn.desc())
    )
    return (entry for entry in found if of_stage(entry.fields, stage.ordinal))


def last_entry(session: Session, stage: Stage, *actions: str) -> LogEntry | None:
    """Give the newest entry of these actions about a stage."""
    return next(entries(session, stage, *actions), None)


def read_from(session: Session, stage_id: uuid.UUID) -> datetime | None:
    """Give from when the bids of a stage that were never sealed may be read."""
    return session.scalar(select(StageRun.bids_at).where(StageRun.stage_id == stage_id))


def takes_bids(now: datetime) -> ColumnElement[bool]:
    """Give the condition that a stage takes bids at `now`; the statement joins it with its
    challenge."""
    begun = select(StageRun.stage_id).where(
        StageRun.stage_id == Stage.id, StageRun.state == State.OPEN
    )
    return and_(
        Stage.closes_at > now,
        or_(
            and_(Stage.ordinal == 1, Challenge.state == State.OPEN),
            and_(Stage.ordinal > 1, Challenge.state == State.EVALUATING, begun.exists()),
        ),
    )


def stands() -> ColumnElement[State]:
    """Give what `stored_state` gives, of each stage that the statement joins with its challenge."""
    run = (
        select(StageRun.state)
        .where(StageRun.stage_id == Stage.id)
        .correlate(Stage)
        .scalar_subquery()
    )
    first = Stage.ordinal == 1
    waiting, evaluating = literal(State.WAITING, _STATE), literal(State.EVALUATING, _STATE)
    found: ColumnElement[State] = case(
        (
            Challenge.state == State.EVALUATING,
            func.coalesce(run, case((first, evaluating), else_=waiting)),
        ),
        (and_(~first, Challenge.state.in_(BEFORE_EVALUATION)), waiting),
        else_=Challenge.state,
    )
    return found


def begin(
    session: Session,
    stage: Stage,
    source: Source,
    event: Event,
    *,
    actor: Actor,
    clock: Clock,
) -> StageRun:
    """Begin a stage that follows the first, whose challenge's row the caller holds locked.

    The caller has asked its policy and records the step.

    Raises:
        WrongMoment: the stage cannot begin now.
    """
    now = clock.now()
    stage.run = StageRun(
        stage_id=stage.id,
        state=stage_after(state_of(stage.challenge, stage, now), event),
        source=source,
        begun_at=now,
        begun_by_id=actor.user_id,
        bids_at=now if source is Source.HEARD else None,
    )
    session.flush()
    return stage.run


def go_on(session: Session, stage: Stage, *, actor: Actor, clock: Clock) -> None:
    """Say that suppliers have gone on from a stage; its challenge's row is held locked.

    Raises:
        WrongMoment: the stage is not being evaluated.
    """
    now = clock.now()
    state = stage_after(state_of(stage.challenge, stage, now), Event.GO_ON)
    if stage.run is None:
        stage.run = StageRun(stage_id=stage.id, begun_at=now, begun_by_id=actor.user_id)
    stage.run.state = state
    session.flush()


def come_back(session: Session, stage: Stage, *, clock: Clock) -> None:
    """Say that who goes on from a stage is decided again; its challenge's row is held locked.

    Raises:
        WrongMoment: nobody has gone on from it.
    """
    now = clock.now()
    state = stage_after(state_of(stage.challenge, stage, now), Event.DECIDE_AGAIN)
    if stage.run is None:
        raise LookupError("a stage from which somebody went on has begun")
    stage.run.state = state
    session.flush()

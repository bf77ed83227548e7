"""Where each stage of a challenge stands, and what moves it.

A challenge goes through its states once, with its first stage. It stays “being evaluated” while
the stages after that run, each through the same states by itself, so that it is never among those
that are open for bids again. What a policy asks of a state it asks of the stage's.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import Event, State, stage_after, state_at
from challenges.models import Challenge, Stage
from challenges.stages.kinds import Source, is_judged
from challenges.stages.models import StageRun
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.stages import of_stage
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

_BEFORE_EVALUATION = frozenset(
    {State.DRAFT, State.IN_REVIEW, State.READY, State.OPEN, State.CLOSED, State.OPENED}
)


def stored_state(challenge: Challenge, stage: Stage) -> State:
    """Give where a stage stands as it is kept: OPEN also after its closing instant.

    What ends the whole challenge, or awards it, ends every stage of it.
    """
    if challenge.state is State.EVALUATING:
        if stage.run is not None and stage.run.state is not None:
            return stage.run.state
        return State.EVALUATING if stage.ordinal == 1 else State.WAITING
    if stage.ordinal > 1 and challenge.state in _BEFORE_EVALUATION:
        return State.WAITING
    return challenge.state


def state_of(challenge: Challenge, stage: Stage, now: datetime) -> State:
    """Give where a stage stands at `now`. At its closing instant itself it is closed."""
    return state_at(stored_state(challenge, stage), stage.closes_at, now)


def source_of(stage: Stage) -> Source:
    """Give how the bids of a stage come."""
    return stage.run.source if stage.run is not None else Source.SEALED


def stage_at(challenge: Challenge, ordinal: int) -> Stage:
    """Give the stage of this number in which bids are judged.

    Raises:
        NotFound: there is none, or only work is done in it.
    """
    for stage in challenge.stages:
        if stage.ordinal == ordinal and is_judged(stage):
            return stage
    raise NotFound(N_("There is no such stage."))


def next_judged(challenge: Challenge, stage: Stage) -> Stage | None:
    """Give the stage after this one in which bids are judged; None after the last one."""
    later = (each for each in challenge.stages if each.ordinal > stage.ordinal)
    return next(filter(is_judged, later), None)


def said(stage: Stage) -> dict[str, int]:
    """Give the field by which an entry of the log tells its stage: none means the first."""
    return {} if stage.ordinal == 1 else {"stage": stage.ordinal}


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

"""Where each stage of a challenge stands. Pure.

A challenge goes through its states once, with its first stage. It stays “being evaluated” while
the stages after that run, each through the same states by itself, so that it is never among those
that are open for bids again. What a policy asks of a state it asks of the stage's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from challenges.lifecycle import STATE_WORDS, State, state_at
from challenges.stages.kinds import Source, is_judged
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

BEFORE_EVALUATION = frozenset(
    {State.DRAFT, State.IN_REVIEW, State.READY, State.OPEN, State.CLOSED, State.OPENED}
)


# Where a stage stands, in words for its own page: a challenge's are about the whole of it.
STAGE_STATE_WORDS: Mapping[State, str] = {
    **STATE_WORDS,
    State.OPEN: N_("Open"),
    State.CLOSED: N_("Closed"),
    State.EVALUATING: N_("Being judged"),
    State.ADVANCED: N_("Finished"),
}


def stored_state(challenge: "Challenge", stage: "Stage") -> State:
    """Give where a stage stands as it is kept: OPEN also after its closing instant.

    What ends the whole challenge, or awards it, ends every stage of it.
    """
    if challenge.state is not State.EVALUATING and challenge.state not in BEFORE_EVALUATION:
        return challenge.state
    if challenge.state is State.EVALUATING:
        if stage.run is not None and stage.run.state is not None:
            return stage.run.state
        return State.EVALUATING if stage.ordinal == 1 else State.WAITING
    return challenge.state if stage.ordinal == 1 else State.WAITING


def state_of(challenge: "Challenge", stage: "Stage", now: datetime) -> State:
    """Give where a stage stands at `now`. At its closing instant itself it is closed."""
    return state_at(stored_state(challenge, stage), stage.closes_at, now)


def source_of(stage: "Stage") -> Source:
    """Give how the bids of a stage come."""
    return stage.run.source if stage.run is not None else Source.SEALED


def stage_at(challenge: "Challenge", ordinal: int) -> "Stage":
    """Give the stage of this number in which bids are judged.

    Raises:
        NotFound: there is none, or only work is done in it.
    """
    for stage in challenge.stages:
        # The stage holds its challenge from here on, so that this is not read a second time.
        if stage.ordinal == ordinal and is_judged(stage) and stage.challenge is challenge:
            return stage
    raise NotFound(N_("There is no such stage."))


def next_judged(challenge: "Challenge", stage: "Stage") -> "Stage | None":
    """Give the stage after this one in which bids are judged; None after the last one."""
    later = (each for each in challenge.stages if each.ordinal > stage.ordinal)
    return next(filter(is_judged, later), None)


def said(stage: "Stage") -> dict[str, Any]:
    """Give the field by which an entry of the log tells its stage: none means the first."""
    return {} if stage.ordinal == 1 else {"stage": stage.ordinal}

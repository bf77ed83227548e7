"""Where a stage stands, and what moves it."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.lifecycle import (
    CHALLENGE_STATES,
    STAGE_TRANSITIONS,
    Event,
    State,
    stage_after,
)
from challenges.models import Challenge, Stage
from challenges.stages.kinds import Source, StageKind
from challenges.stages.models import StageRun
from challenges.stages.running import next_judged, said, stage_at, state_of
from marketplace.core.errors import NotFound, WrongMoment

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)


def a_challenge(state: State) -> Challenge:
    stages = [
        Stage(ordinal=1, kind=StageKind.APPLICATION, closes_at=NOW - timedelta(days=30)),
        Stage(ordinal=2, kind=StageKind.EXPLORATION),
        Stage(ordinal=3, kind=StageKind.INTERVIEW),
    ]
    return Challenge(state=state, stages=stages)


def run(state: State | None, source: Source = Source.SEALED) -> StageRun:
    return StageRun(state=state, source=source)


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES - {State.OPEN}))
def test_first_stage_stands_where_its_challenge_stands(state: State) -> None:
    challenge = a_challenge(state)

    assert state_of(challenge, challenge.stage, NOW) is state
    challenge.stage.run = run(None, Source.ELSEWHERE)
    assert state_of(challenge, challenge.stage, NOW) is state


def test_first_stage_is_over_once_suppliers_have_gone_on() -> None:
    challenge = a_challenge(State.EVALUATING)
    challenge.stage.run = run(State.ADVANCED)

    assert state_of(challenge, challenge.stage, NOW) is State.ADVANCED


@pytest.mark.parametrize(
    "state", [State.OPEN, State.OPENED, State.EVALUATING, State.READY, State.DRAFT]
)
def test_later_stage_waits_until_it_begins(state: State) -> None:
    challenge = a_challenge(state)

    assert state_of(challenge, challenge.stages[2], NOW) is State.WAITING


def test_later_stage_closes_at_its_own_instant_to_the_microsecond() -> None:
    challenge = a_challenge(State.EVALUATING)
    stage = challenge.stages[2]
    stage.run, stage.closes_at = run(State.OPEN), NOW

    assert state_of(challenge, stage, NOW - timedelta(microseconds=1)) is State.OPEN
    assert state_of(challenge, stage, NOW) is State.CLOSED
    assert state_of(challenge, challenge.stage, NOW) is State.EVALUATING


@pytest.mark.parametrize("state", [State.INTENTION, State.SIGNED, State.STOPPED, State.CANCELLED])
def test_what_ends_the_challenge_ends_every_stage(state: State) -> None:
    challenge = a_challenge(state)
    challenge.stage.run = run(State.ADVANCED)
    challenge.stages[2].run = run(State.OPEN)

    assert [state_of(challenge, stage, NOW) for stage in challenge.stages] == [state] * 3


def test_stage_goes_through_its_states_and_no_others() -> None:
    written = [Event.OPEN_STAGE, None, Event.OPEN_BIDS, Event.BEGIN_EVALUATION, Event.GO_ON]
    state = State.WAITING
    for event in written:
        state = State.CLOSED if event is None else stage_after(state, event)
    assert state is State.ADVANCED
    assert stage_after(State.WAITING, Event.HEAR) is State.OPENED

    for each in CHALLENGE_STATES | {State.WAITING, State.ADVANCED}:
        for event in Event:
            if (each, event) not in STAGE_TRANSITIONS:
                with pytest.raises(WrongMoment):
                    stage_after(each, event)


def test_work_between_two_stages_is_passed_over() -> None:
    challenge = a_challenge(State.EVALUATING)

    assert next_judged(challenge, challenge.stage) is challenge.stages[2]
    assert next_judged(challenge, challenge.stages[2]) is None
    assert stage_at(challenge, 3) is challenge.stages[2]
    for ordinal in (0, 2, 4):
        with pytest.raises(NotFound):
            stage_at(challenge, ordinal)


def test_first_stage_goes_without_saying_in_the_log() -> None:
    challenge = a_challenge(State.EVALUATING)

    assert said(challenge.stage) == {}
    assert said(challenge.stages[2]) == {"stage": 3}

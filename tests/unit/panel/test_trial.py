"""Who sets the example of a trial, who scores it, and who sees what the others gave."""

import uuid
from datetime import UTC, datetime

import pytest

from marketplace.core.permissions import Actor, Ground, Role
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember
from scoring.panel.trial import policy

NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase
AT = datetime(2026, 12, 1, tzinfo=UTC)


def an_actor(role: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset({role}))


def a_seat(actor: Actor, seat: Seat, *, briefed: bool = True, left: bool = False) -> PanelMember:
    return PanelMember(
        user_id=actor.user_id,
        seat=seat,
        label="X1",
        briefed_at=AT if briefed else None,
        left_at=AT if left else None,
    )


EVALUATOR, CHAIR, LEAD = map(an_actor, (Role.EVALUATOR, Role.CHAIR, Role.CHALLENGE_LEAD))


@pytest.mark.parametrize("phase", [*PanelPhase, None])
def test_example_is_set_before_scoring_by_chair_or_lead(phase: PanelPhase | None) -> None:
    for answer in (
        policy.can_set_example(CHAIR, a_seat(CHAIR, Seat.CHAIR), phase, scored=0),
        policy.can_set_example(LEAD, None, phase, scored=0),
    ):
        allowed = phase in {NAMED, DECLARING}
        assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


def test_example_that_somebody_scored_stays() -> None:
    assert policy.can_set_example(LEAD, None, NAMED, scored=1).ground is Ground.MOMENT


def test_example_is_not_set_by_an_evaluator() -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR)
    assert policy.can_set_example(EVALUATOR, seat, NAMED, scored=0).ground is Ground.RIGHT


@pytest.mark.parametrize("phase", [*PanelPhase, None])
def test_trial_is_scored_by_a_briefed_evaluator_before_scoring(phase: PanelPhase | None) -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR)
    answer = policy.can_score_trial(EVALUATOR, seat, phase, exists=True, scored=False)
    allowed = phase in {NAMED, DECLARING}
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


@pytest.mark.parametrize(
    ("briefed", "exists", "scored", "words"),
    [
        (False, True, False, "Accept the briefing first."),
        (True, False, False, "There is no example to score yet."),
        (True, True, True, "You have scored the example already."),
    ],
)
def test_trial_waits_for_briefing_and_example_and_happens_once(
    briefed: bool, exists: bool, scored: bool, words: str
) -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, briefed=briefed)
    answer = policy.can_score_trial(EVALUATOR, seat, NAMED, exists=exists, scored=scored)
    assert (answer.ground, answer.message) == (Ground.MOMENT, words)


def test_trial_is_not_scored_by_chair_outsider_or_who_left() -> None:
    lapsed = an_actor(Role.AUDITOR)
    for actor, seat in (
        (CHAIR, a_seat(CHAIR, Seat.CHAIR)),
        (CHAIR, None),
        (EVALUATOR, a_seat(CHAIR, Seat.EVALUATOR)),
        (EVALUATOR, a_seat(EVALUATOR, Seat.EVALUATOR, left=True)),
        (lapsed, a_seat(lapsed, Seat.EVALUATOR)),
    ):
        answer = policy.can_score_trial(actor, seat, NAMED, exists=True, scored=False)
        assert answer.ground is Ground.RIGHT


def test_spread_is_for_evaluators_who_have_scored_and_for_others_at_the_end() -> None:
    assert policy.sees_spread(Seat.EVALUATOR, scored=True, all_scored=False)
    assert not policy.sees_spread(Seat.EVALUATOR, scored=False, all_scored=False)
    assert policy.sees_spread(Seat.CHAIR, scored=False, all_scored=True)
    assert not policy.sees_spread(Seat.OBSERVER, scored=False, all_scored=False)
    assert not policy.sees_spread(None, scored=False, all_scored=True)

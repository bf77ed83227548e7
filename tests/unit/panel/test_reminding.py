"""What members of a panel have still to do, by when, and who may remind them."""

import uuid
from datetime import UTC, date, datetime

import pytest

from marketplace.core.permissions import Actor, Ground, Role
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember
from scoring.panel.reminding import policy
from scoring.panel.reminding.letters import reminded
from scoring.panel.reminding.lifecycle import (
    STEP_WORDS,
    Step,
    day_of,
    due_faults,
    overdue,
    steps_left,
)

NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase
BRIEFING, INTERESTS, SCORES = Step


@pytest.mark.parametrize(
    ("seat", "phase", "done", "expected"),
    [
        (Seat.EVALUATOR, NAMED, "", [BRIEFING]),
        (Seat.EVALUATOR, NAMED, "briefed", []),
        (Seat.EVALUATOR, DECLARING, "", [BRIEFING, INTERESTS]),
        (Seat.EVALUATOR, DECLARING, "briefed declared", []),
        (Seat.EVALUATOR, SCORING, "", [BRIEFING, INTERESTS, SCORES]),
        (Seat.EVALUATOR, SCORING, "briefed declared", [SCORES]),
        (Seat.EVALUATOR, SCORING, "briefed declared submitted", []),
        (Seat.CHAIR, SCORING, "briefed declared", []),
        (Seat.OBSERVER, SCORING, "briefed", [INTERESTS]),
        (Seat.EVALUATOR, MODERATING, "", []),
        (Seat.EVALUATOR, LOCKED, "", []),
    ],
)
def test_steps_left_are_those_that_can_be_done_by_now(
    seat: Seat, phase: PanelPhase, done: str, expected: list[Step]
) -> None:
    told = {name: name in done.split() for name in ("briefed", "declared", "submitted")}
    assert steps_left(seat, phase, **told) == expected


def test_every_step_has_words() -> None:
    assert set(STEP_WORDS) == set(Step)


def test_day_of_an_instant_is_the_one_in_london() -> None:
    assert day_of(datetime(2026, 7, 1, 23, 30, tzinfo=UTC)) == date(2026, 7, 2)
    assert day_of(datetime(2026, 12, 1, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)


TODAY = date(2026, 12, 8)


def test_due_days_in_order_from_today_have_no_fault() -> None:
    due = {BRIEFING: TODAY, INTERESTS: TODAY, SCORES: date(2026, 12, 20)}
    assert due_faults(due, {}, TODAY) == {}
    assert due_faults({BRIEFING: None, SCORES: TODAY}, {}, TODAY) == {}


def test_due_days_in_the_past_or_out_of_order_name_their_step() -> None:
    due = {BRIEFING: date(2026, 12, 7), INTERESTS: date(2026, 12, 20), SCORES: TODAY}
    assert set(due_faults(due, {}, TODAY)) == {"due_briefing", "due_scores"}


def test_due_day_that_has_passed_may_stay_as_it_was() -> None:
    before = {BRIEFING: date(2026, 12, 1)}
    assert due_faults(before, before, TODAY) == {}


def test_overdue_is_a_step_whose_day_is_over() -> None:
    due = {BRIEFING: date(2026, 12, 7), SCORES: TODAY}
    assert overdue([BRIEFING], due, TODAY)
    assert not overdue([SCORES, INTERESTS], due, TODAY)
    assert not overdue([], due, TODAY)


def an_actor(role: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset({role}))


def a_seat(actor: Actor, seat: Seat) -> PanelMember:
    return PanelMember(user_id=actor.user_id, seat=seat, label="X1")


@pytest.mark.parametrize("phase", [*PanelPhase, None])
def test_remind_by_chair_or_lead_is_possible_while_members_work_alone(
    phase: PanelPhase | None,
) -> None:
    chair, lead = an_actor(Role.CHAIR), an_actor(Role.CHALLENGE_LEAD)
    for answer in (
        policy.can_remind(chair, a_seat(chair, Seat.CHAIR), phase),
        policy.can_remind(lead, None, phase),
    ):
        allowed = phase in {NAMED, DECLARING, SCORING}
        assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


def test_remind_by_anybody_else_lacks_the_right() -> None:
    evaluator, other = an_actor(Role.EVALUATOR), an_actor(Role.CHAIR)
    seat = a_seat(evaluator, Seat.EVALUATOR)
    left = a_seat(other, Seat.CHAIR)
    left.left_at = datetime(2026, 12, 1, tzinfo=UTC)
    assert policy.can_remind(evaluator, seat, NAMED).ground is Ground.RIGHT
    assert policy.can_remind(other, None, NAMED).ground is Ground.RIGHT
    assert policy.can_remind(other, left, NAMED).ground is Ground.RIGHT


def test_letter_says_what_waits_and_by_when() -> None:
    text = reminded(
        name="Eva",
        title="Benches",
        reference="CH-1",
        steps=[("Accept the briefing", "Tuesday 8 December 2026"), ("Declare interests", None)],
        by="Cher",
        link="https://example.test/panel",
    )
    assert "- Accept the briefing, by Tuesday 8 December 2026\n- Declare interests\n" in text

"""Who reads the record of a panel, and from when."""

import uuid

import pytest

from marketplace.core.permissions import Actor, Ground, Role
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember
from scoring.panel.observing import policy

NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase


def an_actor(role: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset({role}))


def a_seat(actor: Actor, seat: Seat) -> PanelMember:
    return PanelMember(user_id=actor.user_id, seat=seat, label="X1")


@pytest.mark.parametrize("phase", [*PanelPhase, None])
@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.GUEST_EVALUATOR])
def test_record_is_for_observers_from_moderation(role: Role, phase: PanelPhase | None) -> None:
    observer = an_actor(role)
    answer = policy.can_read_record(observer, a_seat(observer, Seat.OBSERVER), phase)
    allowed = phase in {MODERATING, LOCKED}
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


@pytest.mark.parametrize("phase", [*PanelPhase, None])
def test_record_is_for_auditors_from_the_lock(phase: PanelPhase | None) -> None:
    answer = policy.can_read_record(an_actor(Role.AUDITOR), None, phase)
    allowed = phase is LOCKED
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


@pytest.mark.parametrize(
    "role",
    [Role.PROCUREMENT_OFFICER, Role.CHALLENGE_LEAD, Role.APPROVER, Role.CHAIR, Role.PLATFORM_ADMIN],
)
def test_record_is_for_nobody_else_at_any_time(role: Role) -> None:
    for phase in [*PanelPhase, None]:
        assert policy.can_read_record(an_actor(role), None, phase).ground is Ground.RIGHT

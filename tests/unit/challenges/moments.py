"""People of each role and challenges in each state, in memory, to put to what policies ask."""

import uuid
from datetime import UTC, datetime, timedelta

from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.core.permissions import Actor, Answer, Ground, Role

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)
BODY, OTHER = uuid.uuid4(), uuid.uuid4()

LEAD, OFFICER = Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER
WRITERS = {LEAD, OFFICER}
SUPPLIERS = {Role.SUPPLIER_ADMIN, Role.SUPPLIER_CONTRIBUTOR}
UNPUBLISHED = {State.DRAFT, State.IN_REVIEW, State.READY}


def an_actor(*roles: Role, organisation: uuid.UUID = BODY, user: uuid.UUID | None = None) -> Actor:
    return Actor(
        user_id=user or uuid.uuid4(),
        name="Somebody Example",
        organisation_id=organisation,
        roles=frozenset(roles),
    )


def a_challenge(state: State, closes_in: timedelta = DAY, **more: object) -> Challenge:
    """Make one of BODY; CLOSED is an open one whose closing instant has come."""
    closed = state is State.CLOSED
    return Challenge(
        buyer_id=BODY,
        state=State.OPEN if closed else state,
        stages=[Stage(ordinal=1, closes_at=NOW if closed else NOW + closes_in)],
        **more,
    )


def check(answer: Answer, *, right: bool, moment: bool) -> None:
    """Assert that the right is asked first, then the moment, and that a refusal says why."""
    if right and moment:
        assert answer.allowed
        return
    assert answer.ground is (Ground.MOMENT if right else Ground.RIGHT)
    assert answer.message

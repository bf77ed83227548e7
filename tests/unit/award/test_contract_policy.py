"""Who tells more of contracts, changes them and confirms that, and when."""

import uuid

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from scoring.award import policy as awards
from scoring.award.contracts import policy

OFFICER, APPROVER = Role.PROCUREMENT_OFFICER, Role.APPROVER


def an_actor(role: Role) -> Actor:
    return Actor(uuid.uuid4(), "Somebody", uuid.uuid4(), frozenset({role}))


@pytest.mark.parametrize("role", list(Role))
def test_only_officers_tell_more_and_describe_changes(role: Role) -> None:
    actor = an_actor(role)
    assert policy.can_tell_more(actor).allowed is (role is OFFICER)
    may = policy.can_describe(actor, State.SIGNED, waits=False)
    assert may.allowed is (role is OFFICER)
    assert may.allowed or may.ground is Ground.RIGHT


def test_who_judges_without_names_does_not_read_who_has_a_contract() -> None:
    for role in (Role.CHALLENGE_LEAD, OFFICER, APPROVER, Role.AUDITOR):
        assert policy.can_read(an_actor(role), unnamed=False).allowed
        assert policy.can_read(an_actor(role), unnamed=True).ground is Ground.RIGHT
    assert policy.can_read(an_actor(Role.EVALUATOR), unnamed=False).ground is Ground.RIGHT


@pytest.mark.parametrize(
    ("state", "waits", "allowed"),
    [
        (State.EVALUATING, False, True),
        (State.SIGNED, True, False),
        (State.CANCELLED, False, False),
        (State.STOPPED, False, True),
    ],
)
def test_one_change_follows_the_other_while_there_is_a_contract(
    state: State, waits: bool, allowed: bool
) -> None:
    found = policy.can_describe(an_actor(OFFICER), state, waits=waits)
    assert found.allowed is allowed
    assert allowed or found.ground is Ground.MOMENT


def test_a_change_is_confirmed_by_an_approver_who_did_not_describe_it() -> None:
    approver, other = an_actor(APPROVER), uuid.uuid4()
    assert policy.can_answer(approver, described_by_id=other, waits=True).allowed
    for actor, described_by, waits, ground in (
        (an_actor(OFFICER), other, True, Ground.RIGHT),
        (approver, approver.user_id, True, Ground.RIGHT),
        (approver, other, False, Ground.MOMENT),
    ):
        found = policy.can_answer(actor, described_by_id=described_by, waits=waits)
        assert found.ground is ground


@pytest.mark.parametrize(
    ("state", "more", "allowed"),
    [
        (State.ADVANCED, True, True),
        (State.ADVANCED, False, False),
        (State.EVALUATING, True, False),
        (State.SIGNED, True, True),
    ],
)
def test_paid_work_is_signed_for_once_suppliers_have_gone_on(
    state: State, more: bool, allowed: bool
) -> None:
    found = awards.can_sign_contract(
        an_actor(OFFICER), state=state, announced=True, more_to_sign=more
    )
    assert found.allowed is allowed

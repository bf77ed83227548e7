"""Who may decide what, and when; every answer says which of the two checks failed."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import ROLE_PERMISSIONS, Actor, Answer, Ground, Permission, Role
from scoring.award import policy
from scoring.award.holding import Hold, standstill_hold, unverified_hold
from scoring.report.policy import can_audit

ENDS = datetime(2026, 12, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
OTHER_STATES = [state for state in State if state is not State.EVALUATING]


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


def roles_without(permission: Permission) -> list[Role]:
    return [role for role in Role if permission not in ROLE_PERMISSIONS[role]]


def refused_for(answer: Answer, ground: Ground) -> None:
    assert not answer.allowed
    assert answer.ground is ground
    assert answer.message


@pytest.mark.parametrize(
    "role", [Role.CHAIR, Role.APPROVER, Role.PROCUREMENT_OFFICER, Role.AUDITOR]
)
def test_result_after_the_lock_is_for_those_who_decide_or_audit(role: Role) -> None:
    actor = an_actor(role)
    assert policy.can_read_result(actor, ENDS, chair_id=actor.user_id, unnamed=False).allowed
    refused_for(
        policy.can_read_result(actor, None, chair_id=actor.user_id, unnamed=False), Ground.MOMENT
    )


def test_result_is_not_for_who_chairs_another_panel_or_none_any_more() -> None:
    for chair_id in (an_actor(Role.CHAIR).user_id, None):
        answer = policy.can_read_result(
            an_actor(Role.CHAIR), ENDS, chair_id=chair_id, unnamed=False
        )
        refused_for(answer, Ground.RIGHT)


@pytest.mark.parametrize(
    "role",
    [
        Role.EVALUATOR,
        Role.CHALLENGE_LEAD,
        Role.SUPPLIER_ADMIN,
        Role.SUPPLIER_CONTRIBUTOR,
        Role.PLATFORM_ADMIN,
        Role.FACILITATOR,
    ],
)
@pytest.mark.parametrize("locked_at", [None, ENDS])
def test_result_is_for_nobody_else_at_any_time(role: Role, locked_at: datetime | None) -> None:
    refused_for(
        policy.can_read_result(an_actor(role), locked_at, chair_id=None, unnamed=False),
        Ground.RIGHT,
    )


def test_concluding_is_for_the_chair_of_this_panel() -> None:
    chair = an_actor(Role.CHAIR)

    assert policy.can_conclude(chair, chair.user_id, State.EVALUATING).allowed
    for chair_id in (None, uuid.uuid4()):
        refused_for(policy.can_conclude(chair, chair_id, State.EVALUATING), Ground.RIGHT)


@pytest.mark.parametrize("role", roles_without(Permission.PANEL_CHAIR))
def test_concluding_without_the_role_is_refused_even_in_the_chair(role: Role) -> None:
    person = an_actor(role)

    refused_for(policy.can_conclude(person, person.user_id, State.EVALUATING), Ground.RIGHT)


@pytest.mark.parametrize("state", OTHER_STATES)
def test_concluding_in_any_other_state_is_the_wrong_moment(state: State) -> None:
    chair = an_actor(Role.CHAIR)

    refused_for(policy.can_conclude(chair, chair.user_id, state), Ground.MOMENT)


def recommend(actor: Actor, **changes: Any) -> Answer:
    facts: dict[str, Any] = {
        "chair_id": actor.user_id,
        "state": State.EVALUATING,
        "has_result": True,
        "awaits_sign_off": False,
    }
    return policy.can_recommend(actor, **{**facts, **changes})


def test_recommending_is_for_the_chair_with_a_result_and_nothing_waiting() -> None:
    chair = an_actor(Role.CHAIR)

    assert recommend(chair).allowed
    refused_for(recommend(chair, chair_id=uuid.uuid4()), Ground.RIGHT)
    refused_for(recommend(chair, has_result=False), Ground.MOMENT)
    refused_for(recommend(chair, awaits_sign_off=True), Ground.MOMENT)
    refused_for(recommend(chair, awaits_letters=True), Ground.MOMENT)
    refused_for(recommend(chair, any_ranked=False), Ground.MOMENT)
    refused_for(recommend(chair, undecided=True), Ground.MOMENT)
    refused_for(recommend(chair, leads_on=True), Ground.MOMENT)


@pytest.mark.parametrize("role", roles_without(Permission.AWARD_RECOMMEND))
def test_recommending_by_other_roles_is_refused(role: Role) -> None:
    refused_for(recommend(an_actor(role)), Ground.RIGHT)


@pytest.mark.parametrize("state", OTHER_STATES)
def test_recommending_in_any_other_state_is_the_wrong_moment(state: State) -> None:
    refused_for(recommend(an_actor(Role.CHAIR), state=state), Ground.MOMENT)


def sign_off(actor: Actor, **changes: Any) -> Answer:
    facts: dict[str, Any] = {
        "recommended_by_id": uuid.uuid4(),
        "state": State.EVALUATING,
        "answered": False,
        "unnamed": False,
    }
    return policy.can_sign_off(actor, **{**facts, **changes})


def test_signing_off_is_for_an_approver_once_there_is_a_recommendation() -> None:
    approver = an_actor(Role.APPROVER)

    assert sign_off(approver).allowed
    refused_for(sign_off(approver, recommended_by_id=None), Ground.MOMENT)
    refused_for(sign_off(approver, answered=True), Ground.MOMENT)
    refused_for(sign_off(approver, lapsed=True), Ground.MOMENT)
    refused_for(sign_off(approver, undecided=True), Ground.MOMENT)


def test_signing_off_an_own_recommendation_is_no_ones_right() -> None:
    both = an_actor(Role.APPROVER, Role.CHAIR)

    refused_for(sign_off(both, recommended_by_id=both.user_id), Ground.RIGHT)


@pytest.mark.parametrize("role", roles_without(Permission.AWARD_APPROVE))
def test_signing_off_by_other_roles_is_refused(role: Role) -> None:
    refused_for(sign_off(an_actor(role)), Ground.RIGHT)


@pytest.mark.parametrize("state", OTHER_STATES)
def test_signing_off_in_any_other_state_is_the_wrong_moment(state: State) -> None:
    refused_for(sign_off(an_actor(Role.APPROVER), state=state), Ground.MOMENT)


def contract(actor: Actor, **changes: Any) -> Answer:
    facts: dict[str, Any] = {
        "state": State.INTENTION,
        "announced": True,
    }
    return policy.can_sign_contract(actor, **{**facts, **changes})


def test_signing_a_contract_is_possible_once_nothing_keeps_it_back() -> None:
    officer = an_actor(Role.PROCUREMENT_OFFICER)

    assert contract(officer).allowed
    refused_for(contract(officer, announced=False), Ground.MOMENT)
    first, second = Hold("standstill", "First."), Hold("complaint", "Second.")
    answer = contract(officer, holds=[first, second])
    refused_for(answer, Ground.MOMENT)
    assert answer.message == "First."
    refused_for(contract(officer, rest_ended=True), Ground.MOMENT)


def test_standstill_keeps_a_contract_back_until_its_very_end_and_no_longer() -> None:
    held = standstill_hold(ENDS, ENDS - MOMENT)

    assert held is not None
    assert held.until == ENDS
    assert standstill_hold(ENDS, ENDS) is None
    assert standstill_hold(None, ENDS) is None


def test_unverified_supplier_keeps_back_its_own_contract_alone() -> None:
    held = unverified_hold("BID-1", verified=False)

    assert held is not None
    assert held.keeps("BID-1")
    assert not held.keeps("BID-2")
    assert unverified_hold("BID-1", verified=True) is None
    assert standstill_hold(ENDS, ENDS - MOMENT).keeps("BID-2")  # type: ignore[union-attr]  # it holds


@pytest.mark.parametrize("state", [state for state in State if state is not State.INTENTION])
def test_signing_a_contract_in_any_other_state_is_the_wrong_moment(state: State) -> None:
    refused_for(contract(an_actor(Role.PROCUREMENT_OFFICER), state=state), Ground.MOMENT)


@pytest.mark.parametrize("role", roles_without(Permission.CONTRACT_SIGN))
def test_signing_a_contract_by_other_roles_is_refused(role: Role) -> None:
    refused_for(contract(an_actor(role)), Ground.RIGHT)


@pytest.mark.parametrize("role", list(Role))
def test_evidence_behind_an_award_is_for_auditors(role: Role) -> None:
    answer = can_audit(an_actor(role), unnamed=False)

    if role is Role.AUDITOR:
        assert answer.allowed
    else:
        refused_for(answer, Ground.RIGHT)


def test_the_full_report_is_kept_from_an_auditor_who_judges_without_names() -> None:
    answer = can_audit(an_actor(Role.AUDITOR, Role.EVALUATOR), unnamed=True)

    assert answer.ground is Ground.RIGHT

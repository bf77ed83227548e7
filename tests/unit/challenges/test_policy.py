"""Who may do what with a challenge: each role, one's own and another's, in each state."""

import uuid
from collections.abc import Callable
from datetime import datetime

import pytest

from challenges import policy
from challenges.joining.lifecycle import Joining
from challenges.joining.models import JointSponsor
from challenges.lifecycle import CHALLENGE_STATES, State
from challenges.models import Challenge
from marketplace.core.permissions import Actor, Answer, Ground, Role
from tests.unit.challenges import moments
from tests.unit.challenges.moments import (
    LEAD,
    NOW,
    OFFICER,
    OTHER,
    UNPUBLISHED,
    WRITERS,
    an_actor,
    check,
)

OWNER, SUBMITTER = uuid.uuid4(), uuid.uuid4()
UNDER_WAY = {State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING, State.INTENTION}

Question = Callable[[Actor, Challenge, datetime], Answer]


def _can_name_openers(actor: Actor, challenge: Challenge, now: datetime) -> Answer:
    return policy.can_name_openers(actor, challenge.stage, now)


# What is asked, who has the right, and in which states it has its moment.
QUESTIONS: list[tuple[Question, set[Role], set[State]]] = [
    (policy.can_write, WRITERS, {State.DRAFT}),
    (policy.can_submit_for_review, WRITERS, {State.DRAFT}),
    (policy.can_return, {OFFICER}, {State.IN_REVIEW, State.READY}),
    (policy.can_approve, {OFFICER}, {State.IN_REVIEW}),
    (policy.can_publish, {OFFICER}, {State.READY}),
    (
        policy.can_stop,
        {OFFICER},
        {State.OPENED, State.EVALUATING, State.SIGNED, State.DELIVERING},
    ),
    (_can_name_openers, {OFFICER}, {State.OPEN, State.CLOSED}),
]


def a_challenge(state: State, *joint_sponsors: JointSponsor) -> Challenge:
    return moments.a_challenge(
        state, owner_id=OWNER, submitted_by_id=SUBMITTER, joint_sponsors=list(joint_sponsors)
    )


def test_nobody_is_named_to_open_bids_that_go_elsewhere() -> None:
    challenge = a_challenge(State.OPEN)
    challenge.bids_elsewhere = True

    assert _can_name_openers(an_actor(OFFICER), challenge, NOW).ground is Ground.MOMENT


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES))
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize(
    ("ask", "roles", "states"), QUESTIONS, ids=[ask.__name__ for ask, _, _ in QUESTIONS]
)
def test_answer_depends_on_role_first_and_state_second(
    ask: Question, roles: set[Role], states: set[State], role: Role, state: State
) -> None:
    answer = ask(an_actor(role), a_challenge(state), NOW)

    if role not in roles:
        assert answer.ground is Ground.RIGHT
    elif state not in states:
        assert answer.ground is Ground.MOMENT
    else:
        assert answer.allowed


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES))
@pytest.mark.parametrize("role", Role)
def test_cancelling_is_for_whoever_writes_challenges_and_before_publication_only(
    role: Role, state: State
) -> None:
    answer = policy.can_cancel(an_actor(role), a_challenge(state), NOW)

    if role not in (WRITERS if state in UNPUBLISHED else {OFFICER}):
        assert answer.ground is Ground.RIGHT
    elif state in UNPUBLISHED:
        assert answer.allowed
    else:
        assert answer.ground is Ground.MOMENT
        assert ("End without a contract" in answer.message) is (state in UNDER_WAY)


@pytest.mark.parametrize(
    "ask", [*[ask for ask, _, _ in QUESTIONS], policy.can_cancel], ids=lambda ask: ask.__name__
)
def test_another_bodys_officer_has_no_right_to_anything(ask: Question) -> None:
    for state in State:
        answer = ask(an_actor(OFFICER, organisation=OTHER), a_challenge(state), NOW)
        assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize("own", [OWNER, SUBMITTER], ids=["wrote it", "submitted it"])
def test_approving_ones_own_draft_is_never_right(own: uuid.UUID) -> None:
    answer = policy.can_approve(an_actor(OFFICER, user=own), a_challenge(State.IN_REVIEW), NOW)

    assert answer.ground is Ground.RIGHT
    assert "another person approves it" in answer.message


@pytest.mark.parametrize("role", Role)
def test_creating_is_for_those_who_write(role: Role) -> None:
    assert policy.can_create(an_actor(role)).allowed is (role in WRITERS)


@pytest.mark.parametrize("role", Role)
def test_reading_a_draft_is_for_all_of_the_body_who_read_its_challenges(role: Role) -> None:
    readers = {*WRITERS, Role.EVALUATOR, Role.CHAIR, Role.APPROVER, Role.AUDITOR}

    answer = policy.can_read_own(an_actor(role), a_challenge(State.DRAFT))

    assert answer.allowed is (role in readers)


def test_reading_another_bodys_draft_is_never_right() -> None:
    answer = policy.can_read_own(an_actor(LEAD, organisation=OTHER), a_challenge(State.DRAFT))

    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("writes", [False, True], ids=["reads", "writes"])
def test_draft_is_read_by_writers_of_joint_sponsors_and_written_where_the_lead_lets_them(
    writes: bool, role: Role
) -> None:
    joined = JointSponsor(body_id=OTHER, joining=Joining.JOINED, writes=writes)
    actor, challenge = an_actor(role, organisation=OTHER), a_challenge(State.DRAFT, joined)

    check(policy.can_read_own(actor, challenge), right=role in WRITERS, moment=True)
    check(policy.can_write(actor, challenge, NOW), right=writes and role in WRITERS, moment=True)


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES))
def test_joint_sponsor_writes_in_a_draft_and_does_nothing_else_of_the_lead_bodys(
    state: State,
) -> None:
    joined = JointSponsor(body_id=OTHER, joining=Joining.JOINED, writes=True)
    officer, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(state, joined)

    check(policy.can_write(officer, challenge, NOW), right=True, moment=state is State.DRAFT)
    for ask, _, _ in QUESTIONS:
        if ask is not policy.can_write:
            check(ask(officer, challenge, NOW), right=False, moment=True)


@pytest.mark.parametrize("joining", sorted(set(Joining) - {Joining.JOINED}))
def test_body_that_has_not_joined_or_has_left_reads_and_writes_nothing(joining: Joining) -> None:
    entry = JointSponsor(body_id=OTHER, joining=joining, writes=True)
    officer, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(State.DRAFT, entry)

    check(policy.can_read_own(officer, challenge), right=False, moment=True)
    check(policy.can_write(officer, challenge, NOW), right=False, moment=True)


def test_joining_in_gives_no_right_to_people_of_a_third_body() -> None:
    joined = JointSponsor(body_id=uuid.uuid4(), joining=Joining.JOINED, writes=True)
    officer, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(State.DRAFT, joined)

    check(policy.can_read_own(officer, challenge), right=False, moment=True)
    check(policy.can_write(officer, challenge, NOW), right=False, moment=True)


def test_state_words_are_those_of_the_moment() -> None:
    assert policy.state_words(a_challenge(State.CLOSED), NOW) == "Closed to bids"

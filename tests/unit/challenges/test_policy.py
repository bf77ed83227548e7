"""Who may do what with a challenge: each role, one's own and another's, in each state."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from challenges import policy
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.core.permissions import Actor, Answer, Ground, Role

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
BODY, OTHER = uuid.uuid4(), uuid.uuid4()
OWNER, SUBMITTER = uuid.uuid4(), uuid.uuid4()

LEAD, OFFICER = Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER
UNPUBLISHED = {State.DRAFT, State.IN_REVIEW, State.READY}
UNDER_WAY = {State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING, State.INTENTION}

Question = Callable[[Actor, Challenge, datetime], Answer]

# What is asked, who has the right, and in which states it has its moment.
QUESTIONS: list[tuple[Question, set[Role], set[State]]] = [
    (policy.can_write, {LEAD, OFFICER}, {State.DRAFT}),
    (policy.can_submit_for_review, {LEAD, OFFICER}, {State.DRAFT}),
    (policy.can_return, {OFFICER}, {State.IN_REVIEW, State.READY}),
    (policy.can_approve, {OFFICER}, {State.IN_REVIEW}),
    (policy.can_publish, {OFFICER}, {State.READY}),
    (policy.can_stop, {OFFICER}, {State.OPENED, State.EVALUATING, State.SIGNED}),
    (policy.can_name_openers, {OFFICER}, {State.OPEN, State.CLOSED}),
]


def an_actor(*roles: Role, organisation: uuid.UUID = BODY, user: uuid.UUID | None = None) -> Actor:
    return Actor(
        user_id=user or uuid.uuid4(),
        name="Somebody Example",
        organisation_id=organisation,
        roles=frozenset(roles),
    )


def a_challenge(state: State) -> Challenge:
    """Make one in memory; CLOSED is an open one whose closing instant has come."""
    return Challenge(
        buyer_id=BODY,
        owner_id=OWNER,
        submitted_by_id=SUBMITTER,
        state=State.OPEN if state is State.CLOSED else state,
        stages=[Stage(closes_at=NOW if state is State.CLOSED else NOW + timedelta(days=1))],
    )


@pytest.mark.parametrize("state", State)
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


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_cancelling_is_the_leads_before_publication_and_the_officers_always(
    role: Role, state: State
) -> None:
    answer = policy.can_cancel(an_actor(role), a_challenge(state), NOW)

    if role not in ({LEAD, OFFICER} if state in UNPUBLISHED else {OFFICER}):
        assert answer.ground is Ground.RIGHT
    elif state in UNPUBLISHED | UNDER_WAY:
        assert answer.allowed
    else:
        assert answer.ground is Ground.MOMENT


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
    assert policy.can_create(an_actor(role)).allowed is (role in {LEAD, OFFICER})


@pytest.mark.parametrize("role", Role)
def test_reading_a_draft_is_for_all_of_the_body_who_read_its_challenges(role: Role) -> None:
    readers = {LEAD, OFFICER, Role.EVALUATOR, Role.CHAIR, Role.APPROVER, Role.AUDITOR}

    answer = policy.can_read_own(an_actor(role), a_challenge(State.DRAFT))

    assert answer.allowed is (role in readers)


def test_reading_another_bodys_draft_is_never_right() -> None:
    answer = policy.can_read_own(an_actor(LEAD, organisation=OTHER), a_challenge(State.DRAFT))

    assert answer.ground is Ground.RIGHT


def test_state_words_are_those_of_the_moment() -> None:
    assert policy.state_words(a_challenge(State.CLOSED), NOW) == "Closed to bids"

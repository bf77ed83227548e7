"""Who may join in a challenge and answer for whom, and whether the shares of its cost add up."""

import uuid
from collections.abc import Callable
from decimal import Decimal

import pytest

from challenges.joining import policy
from challenges.joining.lifecycle import SHARE_MOST, Joining, Measure, Shares
from challenges.joining.models import JointSponsor
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.permissions import Actor, Answer, Role
from tests.unit.challenges.moments import (
    BODY,
    OFFICER,
    OTHER,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)

Question = Callable[[Actor, Challenge, JointSponsor], Answer]

# What is asked about a body that joins in, of whose people, and where that body must stand.
QUESTIONS: list[tuple[Question, uuid.UUID, Joining]] = [
    (policy.can_accept_asked, BODY, Joining.ASKED),
    (policy.can_answer, OTHER, Joining.INVITED),
    (policy.can_leave, OTHER, Joining.JOINED),
]
each_question = pytest.mark.parametrize(
    ("ask", "of", "stands"), QUESTIONS, ids=[ask.__name__ for ask, _, _ in QUESTIONS]
)


def an_entry(joining: Joining) -> JointSponsor:
    return JointSponsor(body_id=OTHER, joining=joining)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_inviting_is_for_the_lead_bodys_writers_and_asking_for_other_bodies_in_a_draft(
    role: Role, state: State
) -> None:
    challenge, right, draft = a_challenge(state), role in WRITERS, state is State.DRAFT
    own, other = an_actor(role), an_actor(role, organisation=OTHER)

    check(policy.can_arrange(own, challenge), right=right, moment=draft)
    check(policy.can_arrange(other, challenge), right=False, moment=draft)
    check(policy.can_ask(other, challenge), right=right, moment=draft)
    check(policy.can_ask(own, challenge), right=False, moment=draft)


@each_question
@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_binding_a_body_is_its_own_officers_in_a_draft(
    ask: Question, of: uuid.UUID, stands: Joining, role: Role, state: State
) -> None:
    challenge, entry = a_challenge(state), an_entry(stands)
    not_of = OTHER if of == BODY else BODY

    own = ask(an_actor(role, organisation=of), challenge, entry)
    other = ask(an_actor(role, organisation=not_of), challenge, entry)

    check(own, right=role is OFFICER, moment=state is State.DRAFT)
    check(other, right=False, moment=True)


@each_question
@pytest.mark.parametrize("joining", Joining)
def test_what_was_answered_already_is_not_answered_again(
    ask: Question, of: uuid.UUID, stands: Joining, joining: Joining
) -> None:
    officer = an_actor(OFFICER, organisation=of)

    answer = ask(officer, a_challenge(State.DRAFT), an_entry(joining))

    check(answer, right=True, moment=joining is stands)
    assert joining is stands or "answered already" in answer.message


def shares(measure: Measure, *of: str) -> Shares:
    return Shares(measure, {uuid.uuid4(): Decimal(share) for share in of})


@pytest.mark.parametrize(
    ("said", "value_minor"),
    [
        (shares(Measure.PERCENT, "33.33", "66.67"), None),
        (shares(Measure.PERCENT, "100", "0"), 1),
        (shares(Measure.POUNDS, "99999.99", "0.01"), 100_000_00),
    ],
)
def test_shares_that_add_up_have_no_fault(said: Shares, value_minor: int | None) -> None:
    assert said.fault(value_minor) is None


@pytest.mark.parametrize(
    ("said", "value_minor", "message"),
    [
        (shares(Measure.PERCENT, "50", "49.99"), None, "must add up to 100"),
        (shares(Measure.PERCENT, "150", "-50"), None, "zero or more"),
        (shares(Measure.POUNDS, str(SHARE_MOST + 1)), 1, "zero or more"),
        (shares(Measure.POUNDS, "100"), 100_01, "add up to the total value"),
        (shares(Measure.POUNDS, "100"), None, "Set the total value first"),
    ],
)
def test_shares_that_do_not_add_up_are_told_why(
    said: Shares, value_minor: int | None, message: str
) -> None:
    assert message in (said.fault(value_minor) or "")

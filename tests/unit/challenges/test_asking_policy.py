"""Who may ask, answer and read questions: each role, one's own and another's, in each state."""

from datetime import timedelta

import pytest

from challenges.asking import policy
from challenges.asking.models import ClarificationAnswer
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.permissions import Answer, Role
from tests.unit.challenges.moments import (
    DAY,
    LEAD,
    NOW,
    OFFICER,
    OTHER,
    SUPPLIERS,
    TICK,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)


def asked_of(state: State, ends_in: timedelta = DAY) -> Challenge:
    """Make a challenge that takes questions for so long yet, and closes in a month."""
    challenge = a_challenge(state, closes_in=30 * DAY)
    challenge.stage.questions_until = NOW + ends_in
    return challenge


def an_answer(*, published: bool = False, private: bool = False) -> ClarificationAnswer:
    return ClarificationAnswer(
        published_at=NOW - DAY if published else None,
        private_because="It tells whose idea it was." if private else None,
        number=1 if published and not private else None,
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_asking_is_the_suppliers_while_the_challenge_is_open(role: Role, state: State) -> None:
    answer = policy.can_ask(an_actor(role, organisation=OTHER), asked_of(state), NOW)

    check(answer, right=role in SUPPLIERS, moment=state is State.OPEN)


@pytest.mark.parametrize(("ends_in", "in_time"), [(TICK, True), (0 * TICK, False)])
def test_asking_ends_at_the_instant_that_was_told(ends_in: timedelta, in_time: bool) -> None:
    supplier = an_actor(Role.SUPPLIER_CONTRIBUTOR, organisation=OTHER)

    answer = policy.can_ask(supplier, asked_of(State.OPEN, ends_in), NOW)

    check(answer, right=True, moment=in_time)
    assert in_time or "bid until the challenge closes" in answer.message


def test_questions_go_where_the_bids_go() -> None:
    challenge = asked_of(State.OPEN)
    challenge.bids_elsewhere = True
    supplier = an_actor(Role.SUPPLIER_CONTRIBUTOR, organisation=OTHER)

    answer = policy.can_ask(supplier, challenge, NOW)

    check(answer, right=True, moment=False)
    assert "and so do questions" in answer.message
    assert policy.asking_ends(challenge) is None


def test_no_questions_are_taken_where_nobody_knows_when_bidding_closes() -> None:
    challenge = asked_of(State.OPEN)
    challenge.stage.closes_at = None

    assert not policy.takes_questions(challenge, NOW)


@pytest.mark.parametrize("role", Role)
def test_what_waits_is_read_by_writers_and_auditors_and_never_by_who_judges_bids(
    role: Role,
) -> None:
    answer = policy.can_read(an_actor(role), asked_of(State.OPEN))

    check(answer, right=role in {*WRITERS, Role.AUDITOR}, moment=True)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_answering_is_the_writers_until_bids_close_privately_the_officers(
    role: Role, state: State
) -> None:
    actor, challenge, is_open = an_actor(role), asked_of(state), state is State.OPEN

    to_all = policy.can_answer(actor, challenge, NOW)
    to_one = policy.can_answer_privately(actor, challenge, NOW)

    check(to_all, right=role in WRITERS, moment=is_open)
    assert to_one.allowed is (role is OFFICER and is_open)


def test_answering_goes_on_after_questions_have_ended() -> None:
    assert policy.can_answer(an_actor(LEAD), asked_of(State.OPEN, -DAY), NOW).allowed


@pytest.mark.parametrize("role", sorted(WRITERS))
@pytest.mark.parametrize("private", [False, True], ids=["to all", "to the asker"])
@pytest.mark.parametrize("published", [False, True], ids=["a draft", "published"])
def test_publishing_is_for_drafts_and_to_the_asker_alone_for_officers(
    role: Role, private: bool, published: bool
) -> None:
    draft = an_answer(published=published, private=private)

    answer = policy.can_publish(an_actor(role), asked_of(State.OPEN), draft, NOW)

    check(answer, right=role is OFFICER or not private, moment=not published)


@pytest.mark.parametrize("role", sorted(WRITERS))
@pytest.mark.parametrize(
    ("answered", "for_all"),
    [
        (an_answer(published=True), True),
        (an_answer(), False),
        (an_answer(published=True, private=True), False),
    ],
    ids=["published to all", "a draft", "published to the asker"],
)
def test_correcting_is_for_answers_that_everybody_can_read(
    role: Role, answered: ClarificationAnswer, for_all: bool
) -> None:
    answer = policy.can_correct(an_actor(role), asked_of(State.OPEN), answered, NOW)

    check(answer, right=True, moment=for_all)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_reads_and_answers_nothing(state: State) -> None:
    stranger, challenge = an_actor(OFFICER, organisation=OTHER), asked_of(state)
    answers: list[Answer] = [
        policy.can_read(stranger, challenge),
        policy.can_answer(stranger, challenge, NOW),
        policy.can_answer_privately(stranger, challenge, NOW),
        policy.can_publish(stranger, challenge, an_answer(), NOW),
        policy.can_correct(stranger, challenge, an_answer(published=True), NOW),
    ]

    for answer in answers:
        check(answer, right=False, moment=state is State.OPEN)

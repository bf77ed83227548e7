"""Who may open a draft for public comment, comment on it, and reply: each role, in each state."""

from datetime import timedelta

import pytest

from challenges.consulting import policy
from challenges.consulting.models import Consultation
from challenges.lifecycle import State
from marketplace.core.permissions import Role
from tests.unit.challenges.moments import (
    DAY,
    NOW,
    OFFICER,
    OTHER,
    TICK,
    UNPUBLISHED,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_opening_for_comment_is_the_officers_before_publication(role: Role, state: State) -> None:
    answer = policy.can_open(an_actor(role), a_challenge(state), NOW)

    check(answer, right=role is OFFICER, moment=state in UNPUBLISHED)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_replying_and_hiding_is_the_writers_at_any_time(role: Role, state: State) -> None:
    answer = policy.can_moderate(an_actor(role), a_challenge(state))

    check(answer, right=role in WRITERS, moment=True)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_neither_opens_nor_replies(state: State) -> None:
    stranger, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(state)

    check(policy.can_open(stranger, challenge, NOW), right=False, moment=True)
    check(policy.can_moderate(stranger, challenge), right=False, moment=True)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize(("ends_in", "in_time"), [(TICK, True), (0 * TICK, False), (-DAY, False)])
def test_anybody_comments_on_a_draft_until_the_end_that_was_told(
    ends_in: timedelta, in_time: bool, state: State
) -> None:
    consultation = Consultation(opened_at=NOW - 7 * DAY, ends_at=NOW + ends_in)

    answer = policy.can_comment(a_challenge(state), consultation, NOW)

    check(answer, right=True, moment=in_time and state in UNPUBLISHED)

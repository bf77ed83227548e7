"""Who may read the comments inside a body, and comment on its draft: each role, in each state."""

import pytest

from challenges.lifecycle import State
from challenges.reviewing import policy
from marketplace.core.permissions import Role
from tests.unit.challenges.moments import (
    NOW,
    OFFICER,
    OTHER,
    UNPUBLISHED,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_comments_are_read_by_writers_and_auditors_and_written_by_writers_in_a_draft(
    role: Role, state: State
) -> None:
    actor, challenge = an_actor(role), a_challenge(state)

    reading = policy.can_read(actor, challenge)
    commenting = policy.can_comment(actor, challenge, NOW)

    check(reading, right=role in {*WRITERS, Role.AUDITOR}, moment=True)
    check(commenting, right=role in WRITERS, moment=state in UNPUBLISHED)


@pytest.mark.parametrize("role", [OFFICER, Role.AUDITOR])
@pytest.mark.parametrize("state", State)
def test_people_of_another_body_neither_read_nor_comment(role: Role, state: State) -> None:
    stranger, challenge = an_actor(role, organisation=OTHER), a_challenge(state)

    check(policy.can_read(stranger, challenge), right=False, moment=True)
    check(policy.can_comment(stranger, challenge, NOW), right=False, moment=True)

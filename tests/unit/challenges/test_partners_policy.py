"""Who may look for partners, write to the lead of a draft, and connect bodies."""

import pytest

from challenges.lifecycle import State
from challenges.partners import policy
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
def test_looking_for_partners_is_the_writers_before_publication(role: Role, state: State) -> None:
    answer = policy.can_offer(an_actor(role), a_challenge(state), NOW)

    check(answer, right=role in WRITERS, moment=state in UNPUBLISHED)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_does_not_open_a_draft_to_partners(state: State) -> None:
    answer = policy.can_offer(an_actor(OFFICER, organisation=OTHER), a_challenge(state), NOW)

    check(answer, right=False, moment=True)


@pytest.mark.parametrize("role", Role)
def test_writing_to_a_lead_is_for_writers_of_other_bodies_and_facilitators(role: Role) -> None:
    draft = a_challenge(State.DRAFT)

    from_another = policy.can_write_to(an_actor(role, organisation=OTHER), draft)
    from_its_own = policy.can_write_to(an_actor(role), draft)

    check(from_another, right=role in {*WRITERS, Role.FACILITATOR}, moment=True)
    check(from_its_own, right=False, moment=True)


@pytest.mark.parametrize("role", Role)
def test_connecting_bodies_is_the_facilitators(role: Role) -> None:
    check(policy.can_connect(an_actor(role)), right=role is Role.FACILITATOR, moment=True)

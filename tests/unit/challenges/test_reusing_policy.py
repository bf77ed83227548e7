"""Who may write to the body of a challenge, and adopt what came out of it: role and state."""

import pytest

from challenges.lifecycle import AWARDED, State
from challenges.reusing import policy
from marketplace.core.permissions import Role
from tests.unit.challenges.moments import OFFICER, OTHER, WRITERS, a_challenge, an_actor, check


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_adopting_is_for_writers_of_other_bodies_once_a_contract_is_signed(
    role: Role, state: State
) -> None:
    actor, challenge = an_actor(role, organisation=OTHER), a_challenge(state)

    check(policy.can_contact(actor, challenge), right=role in WRITERS, moment=True)
    check(policy.can_adopt(actor, challenge), right=role in WRITERS, moment=state in AWARDED)


@pytest.mark.parametrize("state", State)
def test_nobody_writes_to_their_own_body_or_adopts_its_result(state: State) -> None:
    officer, challenge = an_actor(OFFICER), a_challenge(state)

    check(policy.can_contact(officer, challenge), right=False, moment=True)
    check(policy.can_adopt(officer, challenge), right=False, moment=True)

"""Who says how a body's letters look."""

import pytest

from marketplace.core.letterheads.policy import can_change
from marketplace.core.permissions import Ground, Role
from tests.unit.award.test_policy import an_actor


@pytest.mark.parametrize("role", list(Role))
def test_procurement_officers_alone_change_the_letterhead(role: Role) -> None:
    answer = can_change(an_actor(role))
    assert answer.allowed is (role is Role.PROCUREMENT_OFFICER)
    assert answer.allowed or answer.ground is Ground.RIGHT

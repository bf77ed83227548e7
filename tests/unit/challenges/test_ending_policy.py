"""Who may end a challenge without a contract, in which state, and how long its records are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.ending.policy import can_end, kept_until
from challenges.lifecycle import State
from marketplace.core.permissions import Role
from tests.unit.challenges.moments import NOW, OFFICER, OTHER, a_challenge, an_actor, check


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_ending_is_the_officers_from_publication_until_a_contract(role: Role, state: State) -> None:
    published = {State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING, State.INTENTION}

    answer = can_end(an_actor(role), a_challenge(state), NOW)

    check(answer, right=role is OFFICER, moment=state in published)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_ends_nothing(state: State) -> None:
    stranger = an_actor(OFFICER, organisation=OTHER)

    check(can_end(stranger, a_challenge(state), NOW), right=False, moment=True)


@pytest.mark.parametrize(
    ("ended", "until"), [((2027, 5, 3), (2030, 5, 3)), ((2028, 2, 29), (2031, 3, 1))]
)
def test_records_are_kept_for_whole_years(
    ended: tuple[int, int, int], until: tuple[int, int, int]
) -> None:
    noon = timedelta(hours=12)

    assert kept_until(datetime(*ended, tzinfo=UTC) + noon, 3) == datetime(*until, tzinfo=UTC) + noon

"""Who may end a challenge without a contract, in which state, and how long its records are kept."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.ending.policy import can_end, kept_until, reasons_at
from challenges.lifecycle import NoAward, State, state_words
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


@pytest.mark.parametrize(
    ("state", "left_out"),
    [
        (State.OPEN, {NoAward.NO_BID, NoAward.NO_SUITABLE_BID, NoAward.TOO_DEAR}),
        (State.CLOSED, {NoAward.NO_SUITABLE_BID, NoAward.TOO_DEAR}),
        (State.OPENED, set()),
        (State.EVALUATING, {NoAward.NO_BID}),
        (State.INTENTION, {NoAward.NO_BID}),
    ],
)
def test_reason_for_ending_is_one_that_can_be_known_by_then(
    state: State, left_out: set[NoAward]
) -> None:
    assert set(NoAward) - set(reasons_at(state)) == left_out


def test_what_was_published_ends_and_what_was_not_is_cancelled() -> None:
    assert state_words(State.CANCELLED, published=True) == "Ended without a contract"
    assert state_words(State.CANCELLED, published=False) == "Cancelled"
    assert state_words(State.OPEN, published=True) == "Open for bids"

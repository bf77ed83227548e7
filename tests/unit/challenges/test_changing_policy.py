"""Who may change a published challenge: each role, in each state, and who publishes a change."""

import uuid
from collections.abc import Collection
from datetime import timedelta

import pytest

from challenges.changing import policy
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.permissions import Actor, Answer, Role
from tests.unit.challenges.moments import (
    DAY,
    NOW,
    OFFICER,
    OTHER,
    TICK,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)

WRITER = uuid.uuid4()


def publishing(
    actor: Actor,
    challenge: Challenge,
    *,
    writers: Collection[str] = (str(WRITER),),
    handed_over: bool = True,
    confirm: bool = False,
) -> Answer:
    return policy.can_publish(
        actor, challenge, NOW, writers=writers, handed_over=handed_over, confirm=confirm
    )


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_change_is_written_by_writers_and_published_by_officers_while_bids_are_taken(
    role: Role, state: State
) -> None:
    actor, challenge, is_open = an_actor(role), a_challenge(state), state is State.OPEN

    check(policy.can_change(actor, challenge, NOW), right=role in WRITERS, moment=is_open)
    check(publishing(actor, challenge), right=role is OFFICER, moment=is_open)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_changes_nothing(state: State) -> None:
    stranger, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(state)

    check(policy.can_change(stranger, challenge, NOW), right=False, moment=True)
    check(publishing(stranger, challenge), right=False, moment=True)


def test_publishing_what_one_wrote_in_is_never_right() -> None:
    # Among several writers too, and whoever wrote last.
    writers = [str(uuid.uuid4()), str(WRITER)]
    answer = publishing(an_actor(OFFICER, user=WRITER), a_challenge(State.OPEN), writers=writers)

    check(answer, right=False, moment=True)
    assert "another officer publishes it" in answer.message


def test_publishing_waits_until_the_writers_have_finished() -> None:
    answer = publishing(an_actor(OFFICER), a_challenge(State.OPEN), handed_over=False)

    check(answer, right=True, moment=False)
    assert "still being written" in answer.message


@pytest.mark.parametrize(
    ("closes_in", "confirm", "in_time"),
    [
        (5 * DAY, True, True),
        (5 * DAY - TICK, True, False),
        (TICK, False, True),
    ],
)
def test_bidders_who_must_confirm_have_five_days_at_least(
    closes_in: timedelta, confirm: bool, in_time: bool
) -> None:
    challenge = a_challenge(State.OPEN, closes_in)

    answer = publishing(an_actor(OFFICER), challenge, confirm=confirm)

    check(answer, right=True, moment=in_time)
    assert in_time or "fewer than 5 days" in answer.message


def test_nobody_can_confirm_in_time_where_no_closing_is_set() -> None:
    challenge = a_challenge(State.OPEN)
    challenge.stage.closes_at = None

    assert not policy.time_to_confirm(challenge, NOW)

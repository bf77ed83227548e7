"""Who may hold, change and record a live session, when its link is shown, and what is a link."""

from datetime import timedelta

import pytest

from challenges.lifecycle import AWARDED, State
from challenges.live import policy
from challenges.live.models import LiveSession
from marketplace.core.permissions import Role
from tests.unit.challenges.moments import (
    DAY,
    LEAD,
    NOW,
    OFFICER,
    OTHER,
    TICK,
    WRITERS,
    a_challenge,
    an_actor,
    check,
)

HOUR = timedelta(hours=1)


def a_session(
    starts_in: timedelta,
    *,
    cancelled: bool = False,
    join_for_all: bool = True,
    demo_day: bool = False,
) -> LiveSession:
    """Make one of an hour."""
    return LiveSession(
        starts_at=NOW + starts_in,
        minutes=60,
        join_url="https://meet.example.org/1",
        join_for_all=join_for_all,
        demo_day=demo_day,
        cancelled_at=NOW - DAY if cancelled else None,
    )


TO_COME, BEGUN = a_session(HOUR), a_session(-HOUR)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_holding_sessions_is_the_writers_while_bids_are_taken_and_once_work_is_agreed(
    role: Role, state: State
) -> None:
    actor, challenge = an_actor(role), a_challenge(state)
    right, is_open = role in WRITERS, state in {State.OPEN, *AWARDED}

    check(policy.can_announce(actor, challenge, NOW), right=right, moment=is_open)
    check(policy.can_change(actor, challenge, TO_COME, NOW), right=right, moment=is_open)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("role", Role)
def test_recordings_are_put_there_by_writers_until_bids_are_opened(
    role: Role, state: State
) -> None:
    answer = policy.can_record(an_actor(role), a_challenge(state), BEGUN, NOW)

    check(answer, right=role in WRITERS, moment=state in {State.OPEN, State.CLOSED})


@pytest.mark.parametrize("state", State)
def test_notes_of_a_demo_day_are_put_there_whatever_becomes_of_the_work(state: State) -> None:
    shown = a_session(-HOUR, demo_day=True)

    answer = policy.can_record(an_actor(LEAD), a_challenge(state), shown, NOW)

    check(answer, right=True, moment=state in AWARDED | {State.STOPPED})
    assert policy.is_demo_day(state) is (state in AWARDED)


@pytest.mark.parametrize(
    ("starts_in", "cancelled", "changes", "records"),
    [
        (TICK, False, True, False),
        (0 * TICK, False, False, True),
        (TICK, True, False, False),
        (0 * TICK, True, False, False),
    ],
    ids=["to come", "begins now", "to come, cancelled", "begins now, cancelled"],
)
def test_session_is_changed_before_it_begins_and_recorded_from_then_on(
    starts_in: timedelta, cancelled: bool, changes: bool, records: bool
) -> None:
    lead, challenge = an_actor(LEAD), a_challenge(State.OPEN)
    session = a_session(starts_in, cancelled=cancelled)

    check(policy.can_change(lead, challenge, session, NOW), right=True, moment=changes)
    check(policy.can_record(lead, challenge, session, NOW), right=True, moment=records)


@pytest.mark.parametrize("state", State)
def test_another_bodys_officer_holds_no_session(state: State) -> None:
    stranger, challenge = an_actor(OFFICER, organisation=OTHER), a_challenge(state)

    check(policy.can_announce(stranger, challenge, NOW), right=False, moment=True)
    check(policy.can_change(stranger, challenge, TO_COME, NOW), right=False, moment=True)
    check(policy.can_record(stranger, challenge, BEGUN, NOW), right=False, moment=True)


@pytest.mark.parametrize("signed_in", [False, True], ids=["a visitor", "signed in"])
@pytest.mark.parametrize(
    ("session", "to_visitors", "to_signed_in"),
    [
        (a_session(HOUR), True, True),
        (a_session(HOUR, join_for_all=False), False, True),
        (a_session(-HOUR), True, True),
        (a_session(-HOUR - TICK), False, False),
        (a_session(HOUR, cancelled=True), False, False),
    ],
    ids=["for all", "for people signed in", "in its last minute", "over", "cancelled"],
)
def test_link_to_join_is_shown_to_whom_the_body_chose_until_the_session_is_over(
    session: LiveSession, to_visitors: bool, to_signed_in: bool, signed_in: bool
) -> None:
    shown = policy.shows_link(session, NOW, signed_in=signed_in)

    assert shown is (to_signed_in if signed_in else to_visitors)

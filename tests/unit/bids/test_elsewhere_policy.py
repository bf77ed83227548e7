"""Who may bring bids in, and when: officers, after closing, and never the one who put them down."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bids.elsewhere.policy import Moment, can_bring, can_confirm, can_discard
from challenges.elsewhere.policy import LINK_MOST, REFERENCE_MOST, can_choose, faults
from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from tests.unit.challenges.moments import OTHER, a_challenge, an_actor

CLOSES = datetime(2026, 12, 8, 12, tzinfo=UTC)
LATER = CLOSES + timedelta(minutes=1)


def moment(state: State = State.OPEN, now: datetime = LATER, *, elsewhere: bool = True) -> Moment:
    return Moment(elsewhere, state, CLOSES, now)


def officer() -> Actor:
    return an_actor(Role.PROCUREMENT_OFFICER)


def test_an_officer_brings_bids_from_a_minute_after_closing() -> None:
    assert can_bring(officer(), moment()).allowed
    for now in (CLOSES - timedelta(seconds=1), CLOSES, LATER - timedelta(microseconds=1)):
        assert not can_bring(officer(), moment(now=now)).allowed


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PROCUREMENT_OFFICER}))
def test_nobody_else_does(role: Role) -> None:
    assert not can_bring(an_actor(role), moment()).allowed


@pytest.mark.parametrize("state", sorted(set(State) - {State.OPEN}))
def test_it_is_done_once_and_in_one_state_alone(state: State) -> None:
    assert not can_bring(officer(), moment(state)).allowed


def test_bids_that_are_taken_here_are_not_brought() -> None:
    assert not can_bring(officer(), moment(elsewhere=False)).allowed


def test_who_put_bids_down_does_not_bring_them_in() -> None:
    actor = officer()
    others = [uuid.uuid4()]
    assert can_confirm(actor, moment(), verified=True, writers=others).allowed
    assert not can_confirm(actor, moment(), verified=False, writers=others).allowed
    assert not can_confirm(actor, moment(), verified=True, writers=[*others, actor.user_id]).allowed
    assert not can_confirm(actor, moment(now=CLOSES), verified=True, writers=others).allowed


@pytest.mark.parametrize("role", Role)
def test_officers_throw_away_what_waits(role: Role) -> None:
    assert can_discard(an_actor(role)).allowed is (role is Role.PROCUREMENT_OFFICER)


def test_the_lead_body_alone_says_where_bids_go_and_in_a_draft() -> None:
    draft, published = a_challenge(State.DRAFT), a_challenge(State.OPEN)
    assert can_choose(officer(), draft, CLOSES).allowed
    assert can_choose(officer(), published, CLOSES).ground is Ground.MOMENT
    sponsor = an_actor(Role.PROCUREMENT_OFFICER, organisation=OTHER)
    assert can_choose(sponsor, draft, CLOSES).ground is Ground.RIGHT


def test_a_place_is_told_whole() -> None:
    link = "https://n.example.org/" + "x" * (LINK_MOST - 22)
    assert faults("r" * REFERENCE_MOST, link) == {}
    assert set(faults("", "")) == {"reference", "link"}
    assert set(faults("r" * (REFERENCE_MOST + 1), link + "x")) == {"reference", "link"}
    for bad in (
        "javascript:alert(1)",
        "notices.example.org",
        "https://localhost",
        "ftp://a.example",
    ):
        assert set(faults("r", bad)) == {"link"}

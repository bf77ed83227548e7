"""Within 24 hours of closing, two officers open a challenge again for all alike: or they cannot."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from bids import service as bids
from challenges.ending.service import end_without_contract
from challenges.lifecycle import NoAward, State
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, WrongMoment
from tests.factories import PASSPHRASE
from tests.integration.challenges.deadlines import (
    DAY,
    DOWN,
    MINUTE,
    TICK,
    closes_at,
    confirm,
    decline,
    move,
    propose,
    said,
)
from tests.journeys import Journey, Step, a_cast, a_journey, an_open_journey
from tests.scenes import KeptScene, Scenes

HOUR = timedelta(hours=1)


def _closed(session: Session, clock: FixedClock) -> Journey:
    journey = an_open_journey(session, clock)
    clock.instant = journey.closes_at - DAY
    journey.bid()
    clock.instant = journey.closes_at + MINUTE
    jobs.run_due(clock)
    clock.instant = journey.closes_at + HOUR
    return journey


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge whose closing was recorded."""
    return scenes.keep("closed journey", _closed)


@pytest.fixture
def closed(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Give a challenge with two submitted bids, an hour after its closing was recorded."""
    return kept_scene.give(session, clock)


def state_of(journey: Journey) -> State:
    return journey.challenge.state


def sign_for_opening(journey: Journey, *, second: bool = False) -> None:
    officer = journey.cast.second_officer if second else journey.cast.officer
    bids.confirm_opening(
        journey.reference,
        passphrase=PASSPHRASE,
        second_factor=True,
        actor=journey.actor(officer),
        clock=journey.clock,
    )


def test_reopening_takes_bids_again_and_records_a_second_closing_after_the_first(
    closed: Journey,
) -> None:
    cast, later = closed.cast, closed.closes_at + DAY
    stage = closed.challenge.stage
    kept = (stage.sealing_key_id, closed.challenge.plan)

    move(closed, later, reason=DOWN)

    entry = log.chain_entries(closed.session, closed.reference)[-1]
    assert entry.action == "challenge.reopened"
    assert entry.fields["former"] == write_instant(closed.closes_at)
    assert entry.fields["closes_at"] == write_instant(later)
    assert entry.fields["reason"] == DOWN
    assert entry.fields["proposed_by_id"] == str(cast.officer.id)
    assert state_of(closed) is State.OPEN
    assert (closed.challenge.stage.sealing_key_id, closed.challenge.plan) == kept
    supplier = closed.actor(cast.supplier_admin)
    bids.change_bid(closed.own_bid, actor=supplier, clock=closed.clock)
    bids.save_answer(closed.own_bid, "team", "New words.", actor=supplier, clock=closed.clock)
    bids.submit_bid(closed.own_bid, actor=supplier, arrived=closed.clock.now(), clock=closed.clock)
    closed.clock.instant = later + MINUTE
    jobs.run_due(closed.clock)
    assert said(closed) == [
        "challenge.closed",
        "deadline.proposed",
        "challenge.reopened",
        "challenge.closed",
    ]


def test_reopened_challenge_is_opened_after_its_second_closing(closed: Journey) -> None:
    later = closed.closes_at + DAY
    sign_for_opening(closed)
    move(closed, later, reason=DOWN)
    with pytest.raises(WrongMoment):
        sign_for_opening(closed, second=True)

    closed.clock.instant = later + MINUTE
    jobs.run_due(closed.clock)
    # What one officer signed for the first closing does not count for the second.
    sign_for_opening(closed, second=True)
    jobs.run_due(closed.clock)
    assert state_of(closed) is State.OPEN
    sign_for_opening(closed)
    jobs.run_due(closed.clock)

    assert state_of(closed) is State.OPENED


def test_first_closing_that_no_worker_recorded_yet_is_recorded_before_the_reopening(
    session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    clock.instant = journey.closes_at + HOUR

    move(journey, journey.closes_at + DAY, reason=DOWN)

    assert said(journey) == ["deadline.proposed", "challenge.closed", "challenge.reopened"]


def test_reopening_within_the_minute_of_closing_leaves_one_closing_to_record(
    session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    clock.instant = journey.closes_at + MINUTE - TICK
    move(journey, journey.closes_at + DAY, reason=DOWN)

    clock.instant = journey.closes_at + DAY + MINUTE
    jobs.run_due(clock)

    assert said(journey) == ["deadline.proposed", "challenge.reopened", "challenge.closed"]


@pytest.mark.parametrize(("before_the_end", "possible"), [(TICK, True), (timedelta(0), False)])
def test_reopening_is_proposed_and_confirmed_strictly_within_24_hours(
    closed: Journey, before_the_end: timedelta, possible: bool
) -> None:
    change = propose(closed, closed.closes_at + 3 * DAY, reason=DOWN)
    closed.clock.instant = closed.closes_at + DAY - before_the_end

    if possible:
        confirm(closed, change)
        assert closes_at(closed) == closed.closes_at + 3 * DAY
    else:
        with pytest.raises(WrongMoment, match="24 hours after closing are over"):
            confirm(closed, change)
        # It can still be declined, but nothing can be proposed any more.
        decline(closed, change)
        with pytest.raises(WrongMoment, match="more than 24 hours ago"):
            propose(closed, closed.closes_at + 3 * DAY, reason=DOWN)


def test_reopening_is_proposed_at_the_closing_instant_itself(closed: Journey) -> None:
    closed.clock.instant = closed.closes_at

    assert propose(closed, closed.closes_at + DAY, reason=DOWN).after_closing


def test_reopening_needs_a_time_to_come_and_says_what_was_down(closed: Journey) -> None:
    with pytest.raises(Invalid) as refusal:
        propose(closed, closed.clock.now(), reason="")

    assert "still to come" in refusal.value.fields["closes_at"]
    assert "what was down" in refusal.value.fields["reason"]


def test_reopening_to_a_time_that_came_while_it_waited_is_refused(closed: Journey) -> None:
    change = propose(closed, closed.clock.now() + HOUR, reason=DOWN)
    closed.clock.instant += HOUR

    with pytest.raises(WrongMoment, match="proposed closing time has passed"):
        confirm(closed, change)


def test_extension_that_waited_past_closing_gives_way_to_a_reopening_once_declined(
    session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    change = propose(journey, journey.closes_at + DAY)
    clock.instant = journey.closes_at + HOUR
    with pytest.raises(WrongMoment, match="has proposed a closing time already"):
        propose(journey, journey.closes_at + DAY, reason=DOWN)

    decline(journey, change)
    move(journey, journey.closes_at + DAY, reason=DOWN)

    assert closes_at(journey) == journey.closes_at + DAY


@pytest.mark.parametrize("opened", [False, True], ids=["being opened", "opened"])
def test_once_two_officers_signed_for_the_opening_nothing_is_opened_again(
    closed: Journey, opened: bool
) -> None:
    change = propose(closed, closed.closes_at + DAY, reason=DOWN)
    sign_for_opening(closed)
    sign_for_opening(closed, second=True)
    if opened:
        bids.open_bids({"challenge": closed.reference}, closed.clock)

    said_so = "bids have been opened" if opened else "begun to open the bids"
    with pytest.raises(WrongMoment, match=said_so):
        confirm(closed, change)
    with pytest.raises(WrongMoment, match=said_so):
        propose(closed, closed.closes_at + 2 * DAY, reason=DOWN)
    assert closes_at(closed) == closed.closes_at


def test_cancelled_challenge_is_not_opened_again(closed: Journey) -> None:
    change = propose(closed, closed.closes_at + DAY, reason=DOWN)
    end_without_contract(
        closed.reference,
        why=NoAward.NO_MONEY,
        reason="The money went.",
        actor=closed.actor(closed.cast.officer),
        clock=closed.clock,
    )

    with pytest.raises(WrongMoment, match="was cancelled"):
        confirm(closed, change)


def test_challenge_opened_again_can_be_opened_again_after_its_new_closing(closed: Journey) -> None:
    second = closed.closes_at + DAY
    move(closed, second, reason=DOWN)
    closed.clock.instant = second + HOUR

    move(closed, second + DAY, reason="The service was down again from 11:50.")

    assert closes_at(closed) == second + DAY
    assert said(closed).count("challenge.closed") == 2

"""A closing instant is moved by two officers, only later, and the log says so."""

import threading
from collections.abc import Callable
from contextvars import Context
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bids import service as bids
from bids.lifecycle import TooLate
from challenges import service
from challenges.closing_models import DeadlineChange
from challenges.kinds import DeadlineOutcome
from challenges.lifecycle import State
from challenges.policy import current_state
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, Invalid, NotFound, WrongMoment
from tests.integration.challenges.deadlines import (
    DAY,
    MINUTE,
    TICK,
    WHY,
    closes_at,
    confirm,
    decline,
    move,
    propose,
    said,
)
from tests.journeys import Journey, a_cast, a_journey, an_open_journey
from tests.scenes import KeptScene, Scenes


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge that takes bids."""
    return scenes.keep("open journey", an_open_journey)


@pytest.fixture
def published(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Publish a challenge that takes bids."""
    return kept_scene.give(session, clock)


def test_proposing_moves_nothing_and_is_recorded(published: Journey) -> None:
    before = published.closes_at

    propose(published, before + DAY)

    assert closes_at(published) == before
    assert said(published) == ["deadline.proposed"]


def test_confirming_by_another_officer_moves_the_closing_and_says_so_in_the_log(
    published: Journey,
) -> None:
    before, cast = published.closes_at, published.cast
    stage = published.challenge.stage
    kept = (stage.sealing_key_id, published.challenge.plan)

    move(published, before + DAY)

    assert closes_at(published) == before + DAY
    stage = published.challenge.stage
    assert (stage.sealing_key_id, published.challenge.plan) == kept
    entry = log.chain_entries(published.session, published.reference)[-1]
    assert entry.action == "deadline.extended"
    assert entry.actor_id == str(cast.second_officer.id)
    assert entry.fields["former"] == write_instant(before)
    assert entry.fields["closes_at"] == write_instant(before + DAY)
    assert entry.fields["reason"] == WHY
    assert entry.fields["proposed_by_id"] == str(cast.officer.id)
    # Who it was is for auditors; the rest is for everybody.
    assert log.telling(entry.action).public == {"former", "closes_at", "reason"}


def test_declining_leaves_the_closing_and_makes_room_for_another_proposal(
    published: Journey,
) -> None:
    decline(published, propose(published, published.closes_at + DAY))
    move(published, published.closes_at + 2 * DAY)

    assert closes_at(published) == published.closes_at + 2 * DAY
    assert said(published) == [
        "deadline.proposed",
        "deadline.declined",
        "deadline.proposed",
        "deadline.extended",
    ]


@pytest.mark.parametrize("decide", [confirm, decline])
def test_proposer_cannot_decide_and_nor_can_people_of_other_roles_and_bodies(
    published: Journey, decide: Callable[..., None]
) -> None:
    cast = published.cast
    change = propose(published, published.closes_at + DAY)

    for person in (cast.officer, cast.lead, cast.approver):
        with pytest.raises(Forbidden):
            decide(published, change, by=person)
    with pytest.raises(NotFound):
        decide(published, change, by=cast.other_officer)
    assert closes_at(published) == published.closes_at


def test_proposal_of_one_challenge_is_none_of_another(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    other = a_journey(session, clock, published.cast, title="Another?")
    change = propose(published, published.closes_at + DAY)

    with pytest.raises(NotFound):
        confirm(other, change)


@pytest.mark.parametrize(
    ("offset", "field"),
    [(timedelta(0), "closes_at"), (-TICK, "closes_at"), (-DAY, "closes_at"), (None, "closes_at")],
)
def test_shortening_is_refused_and_so_is_the_same_time(
    published: Journey, offset: timedelta | None, field: str
) -> None:
    to = None if offset is None else published.closes_at + offset

    with pytest.raises(Invalid) as refusal:
        propose(published, to)

    assert field in refusal.value.fields
    assert said(published) == []


def test_shortening_is_refused_by_the_database_too(published: Journey) -> None:
    change = propose(published, published.closes_at + DAY)

    with pytest.raises(IntegrityError, match="later"):
        published.session.execute(
            update(DeadlineChange)
            .where(DeadlineChange.id == change.id)
            .values(closes_to=published.closes_at)
        )
    published.session.rollback()
    with pytest.raises(IntegrityError, match="two_officers"):
        published.session.execute(
            update(DeadlineChange)
            .where(DeadlineChange.id == change.id)
            .values(
                outcome=DeadlineOutcome.CONFIRMED,
                decided_by_id=published.cast.officer.id,
                decided_at=published.clock.now(),
            )
        )


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 2_001])
def test_proposal_without_a_fair_reason_is_refused(published: Journey, reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        propose(published, published.closes_at + DAY, reason=reason)

    assert set(refusal.value.fields) == {"reason"}


def test_proposal_of_a_slip_of_the_year_is_refused(published: Journey) -> None:
    with pytest.raises(Invalid) as refusal:
        propose(published, published.closes_at.replace(year=9999))

    assert "within a year" in refusal.value.fields["closes_at"]


def test_same_proposal_twice_is_one_and_another_beside_it_is_refused(published: Journey) -> None:
    later = published.closes_at + DAY
    first = propose(published, later)

    assert propose(published, later).id == first.id
    for to, by in ((later + DAY, None), (later, published.cast.second_officer)):
        with pytest.raises(WrongMoment, match="Oona Officer has proposed a closing time already"):
            propose(published, to, by=by)
    assert said(published) == ["deadline.proposed"]


def test_confirming_twice_moves_once_and_the_third_officer_is_told_it_is_done(
    published: Journey,
) -> None:
    change = propose(published, published.closes_at + DAY)

    confirm(published, change)
    confirm(published, change)

    assert said(published) == ["deadline.proposed", "deadline.extended"]
    with pytest.raises(WrongMoment, match="confirmed already"):
        confirm(published, change, by=published.cast.third_officer)
    with pytest.raises(WrongMoment, match="confirmed already"):
        decline(published, change)


def test_declined_proposal_cannot_be_confirmed(published: Journey) -> None:
    change = propose(published, published.closes_at + DAY)
    decline(published, change)
    decline(published, change)

    with pytest.raises(WrongMoment, match="declined already"):
        confirm(published, change)
    assert closes_at(published) == published.closes_at
    assert said(published) == ["deadline.proposed", "deadline.declined"]


@pytest.mark.parametrize("second", ["confirm", "decline"])
def test_two_officers_deciding_at_once_leave_one_decision(
    app: Flask, published: Journey, second: str
) -> None:
    cast, clock = published.cast, published.clock
    change = propose(published, published.closes_at + DAY)
    actors = [published.actor(cast.second_officer), published.actor(cast.third_officer)]
    steps = [service.confirm_deadline, getattr(service, f"{second}_deadline")]
    change_id = change.id
    published.session.rollback()
    start = threading.Barrier(2)
    outcomes: list[DomainError | None] = []

    def decide(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                steps[number](published.reference, change_id, actor=actors[number], clock=clock)
                outcomes.append(None)
            except DomainError as error:
                outcomes.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(decide, n)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(outcome) for outcome in outcomes if outcome] == [WrongMoment]
    assert len(outcomes) == 2
    assert len(said(published)) == 2


def test_two_officers_proposing_at_once_leave_one_proposal(app: Flask, published: Journey) -> None:
    cast, clock, later = published.cast, published.clock, published.closes_at + DAY
    actors = [published.actor(cast.second_officer), published.actor(cast.third_officer)]
    published.session.rollback()
    start = threading.Barrier(2)
    outcomes: list[DomainError | None] = []

    def offer(number: int) -> None:
        with app.app_context():
            start.wait()
            try:
                service.propose_deadline(
                    published.reference,
                    closes_to=later + number * DAY,
                    reason=WHY,
                    actor=actors[number],
                    clock=clock,
                )
                outcomes.append(None)
            except DomainError as error:
                outcomes.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(offer, n)) for n in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [type(outcome) for outcome in outcomes if outcome] == [WrongMoment]
    assert published.session.scalar(select(func.count()).select_from(DeadlineChange)) == 1


def test_confirming_a_tick_before_closing_extends_and_at_closing_is_refused(
    published: Journey,
) -> None:
    before = published.closes_at
    change = propose(published, before + DAY)
    published.clock.instant = before

    with pytest.raises(WrongMoment, match="Bids have closed while this proposal waited"):
        confirm(published, change)
    published.clock.instant = before - TICK
    confirm(published, change)

    assert closes_at(published) == before + DAY


def test_bids_are_taken_until_the_new_closing_instant_and_not_at_it(published: Journey) -> None:
    cast, clock, later = published.cast, published.clock, published.closes_at + DAY
    published.clock.instant = published.closes_at - DAY
    published.bid()
    move(published, later)
    supplier = published.actor(cast.supplier_admin)
    bids.change_bid(published.own_bid, actor=supplier, clock=clock)
    bids.save_answer(published.own_bid, "team", "Better words.", actor=supplier, clock=clock)

    clock.instant = later
    with pytest.raises(TooLate):
        bids.submit_bid(published.own_bid, actor=supplier, arrived=later, clock=clock)
    clock.instant = later - TICK
    taken = bids.submit_bid(published.own_bid, actor=supplier, arrived=later - TICK, clock=clock)

    assert taken.version == 2
    assert current_state(published.challenge, later - TICK) is State.OPEN
    assert current_state(published.challenge, later) is State.CLOSED


def test_closing_is_recorded_a_minute_after_the_new_instant_and_not_after_the_old(
    published: Journey,
) -> None:
    later = published.closes_at + DAY
    move(published, later)

    for instant in (published.closes_at + MINUTE, later + MINUTE - TICK):
        published.clock.instant = instant
        jobs.run_due(published.clock)
        assert "challenge.closed" not in said(published)
    published.clock.instant = later + MINUTE
    jobs.run_due(published.clock)

    assert said(published)[-1] == "challenge.closed"
    assert said(published).count("challenge.closed") == 1
    entry = log.chain_entries(published.session, published.reference)[-1]
    assert entry.fields["closes_at"] == write_instant(later)


def test_draft_has_its_closing_time_in_its_own_form_and_takes_no_proposal(
    session: Session, clock: FixedClock
) -> None:
    draft = a_journey(session, clock, a_cast(session, clock.now()))

    with pytest.raises(WrongMoment):
        propose(draft, draft.closes_at + DAY)

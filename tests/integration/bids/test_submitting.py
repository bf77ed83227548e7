"""Submitting, replacing and withdrawing, at and around the closing instant."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from bids import queries, service
from bids.lifecycle import BidState, Lateness, TooLate
from bids.models import Bid, Submission
from bids.passport import service as passports
from bids.passport.kinds import Subject
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, StaleEdit, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_person, a_supplier, actor_for
from tests.integration.bids.conftest import (
    MARKER,
    ListedClock,
    Scene,
    actions,
    build_scene,
    draft_of,
    stored,
    the_bid,
)

TICK = timedelta(microseconds=1)


def digest_of(app: Flask, sha256: str) -> str:
    """Digest the file that the store has under a digest."""
    path: Path = app.extensions["files"].path(sha256)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_submit_before_closing_keeps_the_version_its_entry_and_a_message(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    made = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    bid = the_bid(session, reference)
    assert (bid.state, bid.current_version) == (BidState.SUBMITTED, 1)
    entry = chain_entries(session, scene.challenge.reference)[-1]
    assert (entry.n, entry.at) == (made.entry_n, made.recorded_at)
    assert entry.fields["envelope"] == made.sha256 == digest_of(app, made.sha256)
    assert MARKER not in str(entry.fields)
    notice = session.query(Notice).one()
    assert notice.to_email == scene.admin_user.email
    assert made.sha256 in notice.text
    assert MARKER not in notice.text


def test_submit_freezes_answers_declaration_and_plan_in_the_document(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.change_bid(reference, actor=scene.admin, clock=clock)
    service.save_answer(reference, "team", "Something else", actor=scene.admin, clock=clock)
    document = queries.receipt(session, reference, 1, scene.admin).document
    assert document is not None
    assert document.content.answers == {
        "solves": f"{MARKER} (solves)",
        "team": f"{MARKER} (team)",
    }
    assert document.eligibility.size_class == "micro"
    assert document.supplier_name == "Specimen Fictional Lanterns Ltd"
    assert scene.challenge.plan is not None
    assert document.plan_sha256 == scene.challenge.plan.sha256


def test_submit_takes_a_copy_of_the_passport_that_later_answers_do_not_change(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    ends = {"name": "Cyber Essentials", "ends_on": NOW.date().isoformat()}
    for subject, values in (
        (Subject.CLIMATE, {"plan": "working"}),
        (Subject.CERTIFICATES, {"rows": [ends]}),
    ):
        passports.answer(subject, values, actor=scene.contributor, clock=clock)
    reference = scene.written_bid(clock)
    clock.instant = NOW + timedelta(days=2)
    service.submit_bid(reference, actor=scene.admin, arrived=clock.instant, clock=clock)
    passports.answer(Subject.CLIMATE, {"plan": "no"}, actor=scene.contributor, clock=clock)

    document = queries.receipt(session, reference, 1, scene.admin).document
    assert document is not None
    # The certificate ended the day before, so it is no answer any more.
    (climate,) = document.passport.values()
    assert climate.values == {"plan": "working"}
    assert (climate.answered_by, climate.answered_at) == (scene.contributor_user.name, NOW)


@pytest.mark.parametrize("late_by", [timedelta(0), TICK, timedelta(seconds=1)])
def test_submit_at_the_closing_instant_or_after_is_refused_and_recorded(
    app: Flask, scene: Scene, session: Session, clock: FixedClock, late_by: timedelta
) -> None:
    reference = scene.written_bid(clock)
    arrived = scene.closes_at + late_by
    clock.instant = arrived
    with pytest.raises(TooLate) as refusal:
        service.submit_bid(reference, actor=scene.admin, arrived=arrived, clock=clock)
    assert refusal.value.lateness is Lateness.ARRIVED_LATE
    assert actions(session, scene) == ["bid.refused"]
    bid = the_bid(session, reference)
    assert (bid.state, bid.submissions) == (BidState.DRAFT, [])
    assert MARKER in draft_of(session, scene, reference).answers["team"]
    assert stored(app) == set()


def test_submit_that_arrived_in_time_and_was_recorded_within_the_minute_counts(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    recorded = scene.closes_at + timedelta(seconds=59.9)
    made = service.submit_bid(
        reference, actor=scene.admin, arrived=scene.closes_at - TICK, clock=ListedClock([recorded])
    )
    assert made.arrived_at == scene.closes_at - TICK
    assert made.recorded_at == recorded
    assert the_bid(session, reference).state is BidState.SUBMITTED


def test_submit_that_was_recorded_a_minute_after_closing_is_refused_as_the_services_fault(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    slow = ListedClock([scene.closes_at + timedelta(seconds=60)])
    with pytest.raises(TooLate) as refusal:
        service.submit_bid(reference, actor=scene.admin, arrived=scene.closes_at - TICK, clock=slow)
    assert refusal.value.lateness is Lateness.RECORDED_LATE
    assert actions(session, scene) == ["bid.refused"]
    assert the_bid(session, reference).state is BidState.DRAFT
    assert session.query(Notice).count() == 0
    assert stored(app) == set()


def test_submit_twice_with_the_same_content_gives_the_first_receipt_again(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    first = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).entry_n
    again = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).entry_n
    assert again == first
    assert actions(session, scene) == ["bid.submitted"]
    assert len(the_bid(session, reference).submissions) == 1


def test_submit_the_same_again_after_closing_still_gives_the_receipt(
    scene: Scene, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    first = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).entry_n
    clock.instant = scene.closes_at
    again = service.submit_bid(reference, actor=scene.admin, arrived=scene.closes_at, clock=clock)
    assert again.entry_n == first


def test_submit_changed_content_replaces_and_keeps_both_versions(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    service.save_answer(reference, "team", "Better", actor=scene.contributor, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    bid = queries.own_bid(session, reference, scene.admin)
    assert bid.draft_key_id is None
    assert bid.current_version == 2
    assert [found.version for found in queries.versions(session, bid)] == [2, 1]
    assert not queries.receipt(session, reference, 1, scene.admin).counts
    assert queries.receipt(session, reference, 2, scene.admin).counts


def test_submit_from_a_page_older_than_the_draft_is_refused(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    checked = the_bid(session, reference).row_version
    service.save_answer(reference, "team", "A colleague's", actor=scene.contributor, clock=clock)
    with pytest.raises(StaleEdit):
        service.submit_bid(
            reference, actor=scene.admin, arrived=NOW, clock=clock, checked_version=checked
        )
    assert actions(session, scene) == []


def test_submit_from_the_page_just_checked_counts(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    checked = the_bid(session, reference).row_version
    made = service.submit_bid(
        reference, actor=scene.admin, arrived=NOW, clock=clock, checked_version=checked
    )
    assert made.version == 1


def test_submit_by_a_contributor_is_forbidden(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    with pytest.raises(Forbidden):
        service.submit_bid(reference, actor=scene.contributor, arrived=NOW, clock=clock)
    assert the_bid(session, reference).state is BidState.DRAFT


def test_submit_by_another_supplier_finds_no_bid(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    other = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    with pytest.raises(NotFound):
        service.submit_bid(reference, actor=actor_for(other), arrived=NOW, clock=clock)


def test_submit_with_an_answer_over_its_limit_is_refused_though_the_draft_is_kept(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    long = "word " * 201
    service.save_answer(reference, "solves", long, actor=scene.contributor, clock=clock)
    with pytest.raises(Invalid):
        service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    assert draft_of(session, scene, reference).answers["solves"] == long


def test_submit_without_a_standing_declaration_is_refused(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    declaration = queries.current_declaration(session, scene.supplier.id)
    assert declaration is not None
    scene.challenge.stage.closes_at = declaration.expires_at + timedelta(days=1)
    session.commit()
    clock.instant = declaration.expires_at
    with pytest.raises(Invalid):
        service.submit_bid(reference, actor=scene.admin, arrived=clock.instant, clock=clock)


def test_submit_without_the_price_that_is_asked_is_refused(
    session: Session, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    reference = scene.written_bid(clock)
    with pytest.raises(Invalid):
        service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.save_price(reference, 4_000_00, actor=scene.contributor, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    document = queries.receipt(session, reference, 1, scene.admin).document
    assert document is not None
    assert document.content.price_minor == 4_000_00


def test_submit_to_a_cancelled_challenge_is_refused(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    scene.challenge.state, scene.challenge.cancelled_because = State.CANCELLED, "The money went."
    session.commit()
    with pytest.raises(WrongMoment):
        service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)


def test_withdraw_before_closing_leaves_nothing_that_counts_and_keeps_the_version(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.withdraw_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    bid = the_bid(session, reference)
    assert (bid.state, bid.current_version) == (BidState.WITHDRAWN, None)
    assert len(bid.submissions) == 1
    stage_id = bid.stage_id
    assert queries.bid_counts(session, [stage_id]) == {stage_id: 0}
    assert actions(session, scene) == ["bid.submitted", "bid.withdrawn"]


def test_withdrawn_then_submitted_again_counts_as_a_new_version(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.withdraw_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    with pytest.raises(WrongMoment):
        service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    made = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    assert made.version == 2
    assert the_bid(session, reference).current_version == 2
    document = queries.receipt(session, reference, 2, scene.admin).document
    assert document is not None
    assert MARKER in document.content.answers["team"]


def test_withdraw_at_the_closing_instant_is_refused_and_the_bid_still_counts(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at
    with pytest.raises(TooLate):
        service.withdraw_bid(reference, actor=scene.admin, arrived=scene.closes_at, clock=clock)
    assert the_bid(session, reference).state is BidState.SUBMITTED
    assert actions(session, scene) == ["bid.submitted", "bid.refused"]


def test_withdraw_a_draft_is_the_wrong_moment(scene: Scene, clock: FixedClock) -> None:
    reference = scene.written_bid(clock)
    with pytest.raises(WrongMoment):
        service.withdraw_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)


def test_withdraw_by_a_contributor_is_forbidden(scene: Scene, clock: FixedClock) -> None:
    reference = scene.written_bid(clock)
    with pytest.raises(Forbidden):
        service.withdraw_bid(reference, actor=scene.contributor, arrived=NOW, clock=clock)


@pytest.mark.parametrize(
    "statement", ["UPDATE submission SET version = 9", "DELETE FROM submission"]
)
def test_a_submission_in_the_database_cannot_be_changed_or_deleted(
    scene: Scene, session: Session, clock: FixedClock, statement: str
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(statement))
    session.rollback()


def test_the_database_refuses_a_current_version_that_the_bid_does_not_have(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    session.execute(sa.update(Bid).values(current_version=7))
    with pytest.raises(IntegrityError):
        session.commit()
    session.rollback()


def test_the_database_refuses_a_submitted_bid_without_a_version(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    scene.written_bid(clock)
    with pytest.raises(IntegrityError):
        session.execute(sa.update(Bid).values(state=BidState.SUBMITTED))
    session.rollback()


def test_the_database_refuses_a_second_submission_of_the_same_version(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    made = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    copy = {
        column.key: getattr(made, column.key)
        for column in sa.inspect(Submission).columns
        if column.key != "id"
    }
    with pytest.raises(IntegrityError):
        session.execute(sa.insert(Submission).values(**copy))
    session.rollback()


def test_the_latest_declaration_is_the_one_a_bid_takes(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    clock.instant = NOW + timedelta(minutes=2)
    grown = service.Declared([], 60, 900_000_00, 400_000_00)
    service.declare_eligibility(grown, actor=scene.admin, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=clock.instant, clock=clock)
    document = queries.receipt(session, reference, 1, scene.admin).document
    assert document is not None
    assert document.eligibility.size_class == "medium"

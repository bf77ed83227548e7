"""An opening that meets trouble: keys that change, closings that move, workers that fail."""

import threading
from datetime import timedelta
from typing import BinaryIO

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from bids import openings, queries, service
from bids.lifecycle import BidState
from bids.models import EligibilityFinding, Flaw, OpenedSubmission, OpeningConfirmation
from bids.service import opening
from challenges.lifecycle import State
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.audit import changing, log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import Role
from marketplace.core.vault import officers, rotation
from marketplace.core.vault.models import OfficerKey
from scoring.panel import service as panel
from scoring.panel.lifecycle import Seat
from tests.conftest import NOW
from tests.factories import (
    PASSPHRASE,
    a_bid,
    a_panel,
    a_person,
    a_supplier,
    actor_for,
    no_interests,
)
from tests.integration.bids.conftest import Scene, the_bid
from tests.journeys import confirm, open_the_bids

MINUTE = timedelta(minutes=1)
NEW = "heron lantern quarry almanac"


def fill(session: Session, scene: Scene, count: int) -> list[str]:
    """Add submitted bids, and give their references."""
    found = []
    for _ in range(count):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        bid = a_bid(session, NOW, scene.challenge, supplier, person, BidState.SUBMITTED)
        found.append(bid.reference)
    session.commit()
    return sorted(found)


def entries(session: Session, scene: Scene, action: str) -> list[LogEntry]:
    """Give the challenge's entries of one action."""
    session.rollback()
    chain = log.chain_entries(session, scene.challenge.reference)
    return [entry for entry in chain if entry.action == action]


def status(session: Session, scene: Scene) -> openings.OpeningStatus:
    """Read afresh how far the opening has come."""
    session.rollback()
    session.expire_all()
    return openings.opening_status(session, scene.challenge.stage)


def work(clock: FixedClock) -> None:
    """Do what is due now, and what a failed try has put off for ten seconds."""
    jobs.run_due(clock)
    clock.instant += timedelta(seconds=10)
    jobs.run_due(clock)


def test_confirmation_signed_with_a_key_that_was_replaced_since_still_counts(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    bids = fill(session, scene, 1)
    clock.instant = scene.closes_at + MINUTE
    reference = scene.challenge.reference
    confirm(reference, scene.officer(0), clock=clock)
    service.set_opening_passphrase(NEW, actor=scene.officer(0), clock=clock)
    with pytest.raises(WrongMoment, match="You have confirmed already"):
        service.confirm_opening(
            reference, passphrase=NEW, second_factor=True, actor=scene.officer(0), clock=clock
        )

    confirm(reference, scene.officer(1), clock=clock)
    jobs.run_due(clock)

    assert the_bid(session, bids[0]).state is BidState.VALID


def test_passphrase_that_is_replaced_while_it_is_typed_signs_nothing(
    scene: Scene, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.instant = scene.closes_at + MINUTE
    unlock = officers.unlock

    def slowly(key: OfficerKey, passphrase: str) -> object:
        found = unlock(key, passphrase)
        service.set_opening_passphrase(NEW, actor=scene.officer(0), clock=clock)
        return found

    monkeypatch.setattr(officers, "unlock", slowly)
    with pytest.raises(service.WrongPassphrase):
        confirm(scene.challenge.reference, scene.officer(0), clock=clock)

    assert entries(session, scene, "opening.confirmed") == []


@pytest.mark.parametrize("change", ["log", "master"])
def test_keys_of_the_service_changed_between_two_confirmations_stop_no_opening(
    scene: Scene, session: Session, clock: FixedClock, change: str
) -> None:
    bids = fill(session, scene, 2)
    clock.instant = scene.closes_at + MINUTE
    confirm(scene.challenge.reference, scene.officer(0), clock=clock)
    if change == "log":
        changing.change(clock)
    else:
        rotation.begin()
        list(rotation.rewrap())
        rotation.record(clock)
    confirm(scene.challenge.reference, scene.officer(1), clock=clock)
    jobs.run_due(clock)

    assert status(session, scene).opened
    found = queries.opened_bids(session, scene.challenge.stage.id)
    assert sorted(bid.reference for bid in found) == bids
    assert all(bid.intact for bid in found)


def test_confirmation_before_the_closing_moved_does_not_count_for_the_closing_after(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.challenge.reference
    clock.instant = scene.closes_at + MINUTE
    confirm(reference, scene.officer(0), clock=clock)
    scene.challenge.stage.closes_at = scene.closes_at + timedelta(hours=3)
    session.commit()
    assert status(session, scene).confirmed == []

    clock.instant = scene.closes_at + MINUTE
    assert not confirm(reference, scene.officer(1), clock=clock)
    assert [officer.officer_id for officer in status(session, scene).confirmed] == [
        scene.officer(1).user_id
    ]
    clock.instant += MINUTE
    assert confirm(reference, scene.officer(0), clock=clock)
    jobs.run_due(clock)

    assert status(session, scene).opened
    session.rollback()
    assert session.query(OpeningConfirmation).count() == 3
    (entry,) = entries(session, scene, "bids.opened")
    assert entry.fields["officers"] == [
        str(scene.officer(1).user_id),
        str(scene.officer(0).user_id),
    ]


def test_two_confirmations_at_once_begin_one_opening(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    fill(session, scene, 2)
    clock.instant = scene.closes_at + MINUTE
    reference, actors = scene.challenge.reference, [scene.officer(n) for n in (0, 1, 2)]
    session.rollback()
    together, told = threading.Barrier(3), []

    def sign(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                told.append(str(confirm(reference, actors[number], clock=clock)))
            except WrongMoment as error:
                told.append(error.message)
            db.session.remove()

    in_threads(sign, 3)

    assert sorted(told) == [
        "False",
        "True",
        "Two officers have confirmed. The bids are being opened now.",
    ]
    jobs.run_due(clock)
    assert len(entries(session, scene, "opening.confirmed")) == 2
    assert len(entries(session, scene, "bids.opened")) == 1


def test_two_workers_at_once_open_each_bid_once_and_record_one_opening(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    bids = fill(session, scene, 20)
    clock.instant = scene.closes_at + MINUTE
    reference = scene.challenge.reference
    for number in (0, 1):
        confirm(reference, scene.officer(number), clock=clock)
    session.rollback()
    together = threading.Barrier(2)

    def open_them(_number: int) -> None:
        with app.app_context():
            together.wait()
            service.open_bids({"challenge": reference}, clock)
            db.session.remove()

    in_threads(open_them, 2)

    session.rollback()
    assert session.query(OpenedSubmission).count() == len(bids)
    (entry,) = entries(session, scene, "bids.opened")
    assert sorted(entry.fields["bids"]) == bids


def in_threads(what: object, count: int) -> None:
    """Do something in threads, and raise what any of them raised."""
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            what(number)  # type: ignore[operator]  # each test gives a function of one number
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]


def test_opening_that_failed_after_some_bids_shows_how_far_it_came_and_goes_on(
    scene: Scene, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_a_time, count = opening._AT_A_TIME, 2 * opening._AT_A_TIME + 4
    bids = fill(session, scene, count)
    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    opened: list[str] = []
    open_file = FileStore.open

    def failing(store: FileStore, sha256: str) -> BinaryIO:
        if len(opened) == at_a_time + 3:
            opened.append("and no further")
            raise OSError("the disk is away")
        opened.append(sha256)
        return open_file(store, sha256)

    monkeypatch.setattr(FileStore, "open", failing)
    jobs.run_due(clock)

    found = status(session, scene)
    assert (found.read, found.count) == (at_a_time, count)
    assert (found.opened, found.stopped) == (False, True)
    assert entries(session, scene, "bids.opened") == []
    work(clock)
    found = status(session, scene)
    assert (found.opened, found.stopped) == (True, False)
    (entry,) = entries(session, scene, "bids.opened")
    assert sorted(entry.fields["bids"]) == bids
    assert entry.fields["flaws"] == {}


def test_opening_whose_key_is_not_at_hand_is_recorded_once_and_tried_until_it_works(
    scene: Scene, session: Session, clock: FixedClock, settings: Settings
) -> None:
    fill(session, scene, 1)
    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    away = settings.master_key_path.rename(settings.data / "away")

    for _day in range(4):
        work(clock)
        clock.instant += timedelta(days=1)

    assert [e.fields for e in entries(session, scene, "opening.stopped")] == [{"reason": "key"}]
    assert status(session, scene).stopped
    assert scene.challenge.state is State.OPEN
    away.rename(settings.master_key_path)
    jobs.run_due(clock)
    found = status(session, scene)
    assert (found.opened, found.stopped) == (True, False)
    assert len(entries(session, scene, "bids.opened")) == 1


def test_statements_that_do_not_release_the_key_open_nothing_and_are_on_record(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    fill(session, scene, 1)
    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    # As somebody could who writes into the database: an officer's key is not the service's own.
    key = officers.in_use(session, scene.officer(0).user_id)
    assert key is not None
    key.wrapped = key.wrapped[:-1] + bytes([key.wrapped[-1] ^ 1])
    session.commit()

    work(clock)

    assert [e.fields for e in entries(session, scene, "opening.stopped")] == [
        {"reason": "statements"}
    ]
    session.rollback()
    assert session.query(OpenedSubmission).count() == 0
    assert status(session, scene).stopped


@pytest.mark.parametrize("bid", ["of another", "altered"])
def test_words_in_another_bids_envelope_are_not_shown_as_this_ones(
    app: Flask, scene: Scene, session: Session, clock: FixedClock, bid: str
) -> None:
    first, second = fill(session, scene, 2)
    store: FileStore = app.extensions["files"]
    mine, others = (
        store.path(the_bid(session, reference).submissions[0].sha256)
        for reference in (first, second)
    )
    own = mine.read_bytes()
    altered = own[:-1] + bytes([own[-1] ^ 1])
    mine.write_bytes(others.read_bytes() if bid == "of another" else altered)
    clock.instant = scene.closes_at + MINUTE
    open_the_bids(scene.challenge.reference, scene.officer(0), scene.officer(1), clock=clock)

    flawed = queries.find_opened_bid(session, scene.challenge.stage.id, first)
    sound = queries.find_opened_bid(session, scene.challenge.stage.id, second)
    assert flawed is not None
    assert sound is not None
    assert (flawed.flaw, flawed.answers, flawed.eligibility) == (Flaw.DIFFERS, {}, None)
    assert flawed.supplier_name != sound.supplier_name
    assert sound.intact
    (entry,) = entries(session, scene, "bids.opened")
    assert entry.fields["flaws"] == {first: "differs"}
    assert entry.fields["differing"] == [first]


def test_bid_that_could_not_be_read_goes_to_no_panel_and_stops_it_until_it_is_decided(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    lost, _sound = fill(session, scene, 2)
    app.extensions["files"].path(the_bid(session, lost).submissions[0].sha256).unlink()
    the_panel = a_panel(session, NOW, scene.challenge)
    session.commit()
    clock.instant = scene.closes_at + MINUTE
    reference = scene.challenge.reference
    open_the_bids(reference, scene.officer(0), scene.officer(1), clock=clock)
    for member in the_panel.members:
        actor = actor_for(member.user)
        panel.accept_briefing(reference, actor=actor, clock=clock)
        declared = no_interests(session, scene.challenge)
        panel.declare_interests(reference, declared, actor=actor, clock=clock)
    chair = next(actor_for(m.user) for m in the_panel.members if m.seat is Seat.CHAIR)

    def decide(finding: EligibilityFinding) -> None:
        service.decide_eligibility(
            reference,
            lost,
            finding=finding,
            reason="Its envelope is gone.",
            actor=scene.officer(0),
            clock=clock,
        )

    with pytest.raises(WrongMoment, match="marked at the opening"):
        panel.begin_scoring(reference, actor=chair, clock=clock)
    with pytest.raises(Invalid, match="cannot go to the panel"):
        decide(EligibilityFinding.VALID)
    decide(EligibilityFinding.INELIGIBLE)
    panel.begin_scoring(reference, actor=chair, clock=clock)


def test_passphrase_of_the_one_named_does_not_help_one_who_is_not(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    clock.instant = scene.closes_at + MINUTE
    confirm(scene.challenge.reference, scene.officer(0), clock=clock)
    unnamed = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    session.commit()
    with pytest.raises(Forbidden, match="not one of the officers named"):
        confirm(scene.challenge.reference, actor_for(unnamed), clock=clock)
    with pytest.raises(Forbidden, match="second step"):
        service.confirm_opening(
            scene.challenge.reference,
            passphrase=PASSPHRASE,
            second_factor=False,
            actor=scene.officer(1),
            clock=clock,
        )
    assert len(entries(session, scene, "opening.confirmed")) == 1


def test_opening_with_an_empty_folder_in_place_of_the_store_waits_for_the_real_one(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    (bid,) = fill(session, scene, 1)
    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    folder = app.extensions["files"].folder
    mounted = folder.rename(folder.with_name("mounted"))
    folder.mkdir()

    jobs.run_due(clock)

    found = status(session, scene)
    assert (found.read, found.opened, found.stopped) == (0, False, True)
    folder.rmdir()
    mounted.rename(folder)
    work(clock)
    assert status(session, scene).opened
    (entry,) = entries(session, scene, "bids.opened")
    assert (list(entry.fields["bids"]), entry.fields["flaws"]) == ([bid], {})

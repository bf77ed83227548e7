"""Sealing a bid at submission: by two people at once, on a full disk, over a damaged copy."""

import errno
import tempfile
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from bids import documents, envelopes, queries, service
from bids.models import BidField
from bids.service import preparing
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.files import store
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from marketplace.core.vault.models import DraftKey
from tests.conftest import NOW
from tests.factories import a_person, actor_for
from tests.integration.bids.conftest import MARKER, Scene, actions, draft_of, stored, the_bid


def at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, *works: Callable[[], object]
) -> list[object]:
    """Do things at once, in threads of their own that have all sealed before one has the lock."""
    together, seal = threading.Barrier(len(works)), envelopes.seal

    def sealing(document: bytes, recipients: Sequence[str], _files: object = ()) -> str:
        sha256 = seal(document, recipients)
        together.wait(30)
        return sha256

    def do(work: Callable[[], object]) -> object:
        with app.app_context():
            try:
                return work()
            finally:
                db.session.remove()

    monkeypatch.setattr(envelopes, "seal", sealing)
    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(do, works))


def test_submit_by_two_people_at_once_makes_one_entry_and_both_get_its_receipt(
    app: Flask,
    scene: Scene,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reference = scene.written_bid(clock)
    checked = the_bid(session, reference).row_version
    second = actor_for(a_person(session, NOW, scene.supplier, Role.SUPPLIER_ADMIN))
    first = scene.admin
    session.commit()

    def press(who: Actor, seen: int | None) -> Callable[[], object]:
        def pressed() -> object:
            made = service.submit_bid(
                reference, actor=who, arrived=NOW, clock=clock, checked_version=seen
            )
            return made.entry_n, made.receipt

        return pressed

    told = at_once(app, monkeypatch, press(first, checked), press(second, None))

    bid = the_bid(session, reference)
    (made,) = bid.submissions
    assert told == [(made.entry_n, made.receipt)] * 2
    assert actions(session, scene) == ["bid.submitted"]
    assert stored(app) == {made.sha256}
    assert session.query(Notice).count() == 1


@pytest.mark.parametrize("fails", ["write", "settle", "make"])
def test_submit_on_a_full_disk_is_refused_and_leaves_the_draft_and_nothing_else(
    app: Flask,
    scene: Scene,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    fails: str,
) -> None:
    reference = scene.written_bid(clock)

    def full(*_any: object, **_named: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        where = {"write": (store.Incoming, "write"), "settle": (store, "_settle")}
        patch.setattr(*where.get(fails, (tempfile, "mkstemp")), full)
        with pytest.raises(WrongMoment, match="cannot store your bid"):
            service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)

    assert stored(app) == set()
    assert actions(session, scene) == []
    assert MARKER in draft_of(session, scene, reference).answers["team"]
    assert service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).version == 1


def test_submit_destroys_the_draft_and_the_key_that_read_it(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    assert the_bid(session, reference).draft_key_id is None
    assert (session.query(BidField).count(), session.query(DraftKey).count()) == (0, 0)


def test_submit_again_of_what_was_changed_and_changed_back_gives_the_version_before(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    first = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).entry_n
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    again = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock).entry_n
    assert again == first
    assert the_bid(session, reference).draft_key_id is None


def test_withdrawn_version_can_still_be_read_by_its_supplier_also_after_closing(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.withdraw_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at + timedelta(days=1)
    document = queries.receipt(session, reference, 1, scene.contributor).document
    assert document is not None
    assert MARKER in document.content.answers["solves"]


def test_submit_over_a_damaged_copy_of_the_version_before_replaces_it(
    app: Flask, scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    made = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    path: Path = app.extensions["files"].path(made.sha256)
    path.write_bytes(path.read_bytes()[:-1])

    with pytest.raises(envelopes.Unreadable):
        service.change_bid(reference, actor=scene.contributor, clock=clock)
    assert the_bid(session, reference).draft_key_id is None
    service.change_bid(reference, actor=scene.contributor, clock=clock, empty=True)
    for key in ("solves", "team"):
        service.save_answer(reference, key, "Anew", actor=scene.contributor, clock=clock)
    service.save_terms(
        reference,
        contract_accepted=True,
        contract_points="",
        ai_statement="",
        actor=scene.contributor,
        clock=clock,
    )
    again = service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)

    assert again.version == 2
    assert queries.receipt(session, reference, 1, scene.admin).document is None
    whole = queries.receipt(session, reference, 2, scene.admin).document
    assert whole is not None
    assert whole.content.answers["team"] == "Anew"


def test_copy_that_another_supplier_is_named_in_is_not_read_as_ones_own(
    scene: Scene, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, seal = scene.written_bid(clock), envelopes.seal

    def dishonest(document: bytes, recipients: Sequence[str], _files: object = ()) -> str:
        held = replace(documents.read(document), supplier_id="somebody else")
        return seal(documents.write(held), recipients)

    monkeypatch.setattr(envelopes, "seal", dishonest)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)

    assert queries.receipt(session, reference, 1, scene.admin).document is None


def test_copy_that_the_disk_does_not_give_is_told_as_unreadable_and_read_when_it_does(
    scene: Scene, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_any: object) -> bytes:
        raise OSError(errno.EIO, "Input/output error")

    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    with monkeypatch.context() as patch:
        patch.setattr(envelopes.Hashed, "read", broken)
        with pytest.raises(envelopes.Unreadable):
            service.change_bid(reference, actor=scene.contributor, clock=clock)

    service.change_bid(reference, actor=scene.contributor, clock=clock)


def test_submit_of_a_check_that_is_stale_is_refused_also_where_the_draft_says_the_same_again(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    checked = the_bid(session, reference).row_version
    for text in ("Something else", draft_of(session, scene, reference).answers["team"]):
        service.save_answer(reference, "team", text, actor=scene.contributor, clock=clock)

    with pytest.raises(StaleEdit):
        service.submit_bid(
            reference, actor=scene.admin, arrived=NOW, clock=clock, checked_version=checked
        )

    assert the_bid(session, reference).draft_key_id is not None


def test_submit_of_a_bid_longer_than_an_envelope_takes_is_refused_in_words(
    app: Flask, scene: Scene, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = scene.written_bid(clock)
    monkeypatch.setattr(preparing, "MOST_DOCUMENT", 100)

    with pytest.raises(Invalid, match="too long for the service"):
        service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)

    assert stored(app) == set()
    assert draft_of(session, scene, reference).answers["team"]

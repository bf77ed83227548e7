"""Stored bids are held against the log: whatever was changed of either is found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bids import service
from bids.models import Submission
from marketplace.core.access import current_files
from marketplace.core.audit import checkpoints, log, retention
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.transaction import transaction
from tests.conftest import NOW
from tests.factories import record_publication
from tests.integration.bids.conftest import Scene
from tests.integration.bids.damage import damage, written_over


@pytest.fixture
def reference(scene: Scene, session: Session, clock: FixedClock) -> str:
    """Submit a bid in two versions, and sign the log."""
    record_publication(session, NOW, scene.challenge, *scene.officers)
    session.commit()
    made = scene.written_bid(clock)
    service.submit_bid(made, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant += timedelta(minutes=1)
    service.change_bid(made, actor=scene.admin, clock=clock)
    service.save_answer(made, "team", "Others too", actor=scene.admin, clock=clock)
    service.submit_bid(made, actor=scene.admin, arrived=clock.now(), clock=clock)
    with transaction() as within:
        checkpoints.make(within, clock=clock)
    return made


Change = Callable[..., list[str]]


@pytest.fixture
def changed(reference: str, session: Session) -> Change:
    """Change the first version past its triggers, say what is found, and put it back."""
    session.rollback()

    def change(**values: Any) -> list[str]:
        with written_over(db.engine, Submission, Submission.version == 1, values):
            return damage()

    return change


def first(session: Session) -> Submission:
    return session.scalars(sa.select(Submission).where(Submission.version == 1)).one()


def test_bids_as_they_were_submitted_agree_with_the_log(reference: str) -> None:
    assert damage() == []


def test_changed_submission_is_found(changed: Change, reference: str, session: Session) -> None:
    held = first(session)
    receipt = held.receipt
    session.rollback()
    where = f"bid {reference}, version 1"
    for values in (
        {"arrived_at": NOW - timedelta(days=1)},
        {"recorded_at": NOW - timedelta(days=1)},
        {"receipt": receipt.replace('"version":1', '"version":3')},
        {"receipt": receipt.replace("receipt/1", "receipt/2")},
        {"receipt": receipt.replace("market.example", "marked.example")},
    ):
        found = changed(**values)
        assert found, values
        assert all(each.startswith(where) for each in found), values
    assert damage() == []


def test_any_changed_character_of_a_receipt_is_found(
    changed: Change, reference: str, session: Session
) -> None:
    receipt = first(session).receipt
    session.rollback()
    for index in range(0, len(receipt), 211):
        other = "0" if receipt[index] != "0" else "1"
        assert changed(receipt=receipt[:index] + other + receipt[index + 1 :]), index


@pytest.mark.parametrize("place", [0, 30, 400, -1])
def test_envelope_with_a_changed_byte_is_found(
    reference: str, session: Session, place: int
) -> None:
    sha256 = first(session).sha256
    session.rollback()
    file = current_files().path(sha256)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(bytes(content))

    assert damage() == [
        f"bid {reference}, version 1, envelope: It is not the one that was submitted: its bytes"
        " have changed"
    ]


def test_envelope_that_is_longer_or_shorter_is_found(reference: str, session: Session) -> None:
    file = current_files().path(first(session).sha256)
    session.rollback()
    content = file.read_bytes()
    for other in (content + b"\n", content[:-1], b""):
        file.write_bytes(other)
        assert len(damage()) == 1
    file.write_bytes(content)
    assert damage() == []


def test_envelope_that_is_gone_is_found(reference: str, session: Session) -> None:
    current_files().path(first(session).sha256).unlink()
    session.rollback()

    assert damage() == [
        f"bid {reference}, version 1, envelope: It is missing among the stored files"
    ]


def test_whole_store_that_is_away_is_told_and_the_rest_is_checked(
    reference: str, session: Session
) -> None:
    folder = current_files().folder
    folder.rename(folder.with_name("elsewhere"))

    found = damage()

    assert len(found) == 2
    assert all("envelope: It cannot be read" in each for each in found)


def test_submission_that_names_another_envelope_is_found(
    changed: Change, reference: str, session: Session, scene: Scene, clock: FixedClock
) -> None:
    """The one of the other version is whole and stored, and is not this one's."""
    other = session.scalars(sa.select(Submission.sha256).where(Submission.version == 2)).one()
    session.rollback()
    with db.engine.begin() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO stored_file (sha256, size, media_type, stored_at) SELECT :new, size,"
                " media_type, stored_at FROM stored_file WHERE sha256 = :old"
            ),
            {"new": "ab" * 32, "old": other},
        )

    found = changed(sha256="ab" * 32)

    assert f"bid {reference}, version 1, envelope: It is missing among the stored files" in found
    assert any("does not state what is stored" in each for each in found)


def test_submission_without_its_own_entry_is_found(
    changed: Change, reference: str, clock: FixedClock
) -> None:
    with transaction() as session:
        other = log.append(session, clock=clock, action="bid.withdrawn", bid=reference)
        n = other.n

    found = changed(entry_n=n)

    assert f"bid {reference}, version 1: Entry {n} does not record it" in found
    assert any("records a bid of which no submission is stored" in each for each in found)


def test_entry_without_its_submission_is_found(reference: str, clock: FixedClock) -> None:
    with transaction() as session:
        n = log.append(session, clock=clock, action="bid.submitted", bid="B-NONE", version=1).n

    assert damage() == [f"entry {n}: It records a bid of which no submission is stored"]


def test_what_a_receipt_states_cannot_be_erased_and_who_submitted_can(
    reference: str, session: Session, clock: FixedClock
) -> None:
    place = first(session).entry_n
    session.rollback()
    for name in ("bid", "version", "arrived", "closes_at", "envelope", "fields_root"):
        with pytest.raises(Invalid):
            retention.erase(place, name, reason="A rule", clock=clock)

    retention.erase(place, "actor", reason="A rule", clock=clock)

    assert damage() == []

"""Stored bids are held against the log: whatever was changed of either is found."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bids import service
from bids.models import Submission
from marketplace.core.audit import checkpoints, log, retention, verifying
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.transaction import transaction
from tests.conftest import NOW
from tests.integration.bids.conftest import Scene


@pytest.fixture
def reference(scene: Scene, clock: FixedClock) -> str:
    """Submit a bid in two versions, and sign the log."""
    made = scene.written_bid(clock)
    service.submit_bid(made, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant += timedelta(minutes=1)
    service.save_answer(made, "team", "Others too", actor=scene.admin, clock=clock)
    service.submit_bid(made, actor=scene.admin, arrived=clock.now(), clock=clock)
    with transaction() as session:
        checkpoints.make(session, clock=clock)
    return made


def damage() -> list[str]:
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


Change = Callable[..., list[str]]


@pytest.fixture
def changed(reference: str, session: Session, database_kind: str) -> Change:
    """Change the first version past its triggers, say what is found, and put it back."""
    first = sa.select(Submission).where(Submission.version == 1)
    session.rollback()

    def change(**values: Any) -> list[str]:
        before = {name: getattr(session.scalars(first).one(), name) for name in values}
        session.rollback()
        _write(values)
        try:
            return damage()
        finally:
            _write(before)

    def _write(values: dict[str, Any]) -> None:
        with db.engine.begin() as connection:
            if database_kind == "sqlite":
                connection.exec_driver_sql("DROP TRIGGER IF EXISTS submission_no_update")
            else:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(
                sa.update(Submission).where(Submission.version == 1).values(**values)
            )

    return change


def test_bids_as_they_were_submitted_agree_with_the_log(reference: str) -> None:
    assert damage() == []


def test_changed_submission_is_found(changed: Change, reference: str, session: Session) -> None:
    held = session.scalars(sa.select(Submission).where(Submission.version == 1)).one()
    content, receipt, sha256 = held.content, held.receipt, held.sha256
    session.rollback()
    where = f"bid {reference}, version 1"
    for values in (
        {"content": content + b" "},
        {"content": content.replace(b"lanterns", b"lanternz")},
        {"sha256": sha256[::-1]},
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
    receipt = session.scalars(sa.select(Submission).where(Submission.version == 1)).one().receipt
    session.rollback()
    for index in range(0, len(receipt), 211):
        other = "0" if receipt[index] != "0" else "1"
        assert changed(receipt=receipt[:index] + other + receipt[index + 1 :]), index


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
    place = session.scalars(sa.select(Submission.entry_n).where(Submission.version == 1)).one()
    session.rollback()
    for name in ("bid", "version", "arrived", "closes_at", "envelope", "fields_root"):
        with pytest.raises(Invalid):
            retention.erase(place, name, reason="A rule", clock=clock)

    retention.erase(place, "actor", reason="A rule", clock=clock)

    assert damage() == []

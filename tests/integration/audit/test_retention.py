"""Erasing a field: it is gone for good, the log says so, and everything else still verifies."""

import sqlite3

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, entries, log, proofs, retention, tree, verifying
from marketplace.core.audit.models import LogDetail, LogEntry, LogErasure
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor
from marketplace.core.transaction import transaction
from tests.conftest import NOW
from tests.factories import a_body, a_person, actor_for

WORDS = "Quokkaproof words that somebody wants to be forgotten"
WHY = "Article 17 request of 2 January, decided by the data protection officer"


@pytest.fixture
def actor(session: Session) -> Actor:
    person = a_person(session, NOW, a_body(session, NOW), name="Una Sample")
    session.commit()
    return actor_for(person)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, clock: FixedClock, actor: Actor) -> int:
    """Record an entry with a field of each kind, and others around it, and sign them."""
    told = {"test.said": log.Telling("%(what)s was said.", public=frozenset({"what"}))}
    monkeypatch.setattr(log, "_tellings", {**log._tellings, **told})
    places = []
    for number in range(3):
        with transaction() as session:
            entry = log.append(
                session,
                clock=clock,
                action="test.said",
                chain="CH-A",
                actor=actor,
                what=WORDS,
                listed=[WORDS, {"inside": WORDS}],
                number=number,
                yes=True,
                at="2026-12-01T09:30:00.000000Z",
                day="2026-12-01",
                sha256="0" * 64,
                nothing=None,
                kept="B-0001",
            )
            places.append(entry.n)
    with transaction() as session:
        checkpoints.make(session, clock=clock)
    return places[1]


def erase(place: int, name: str, clock: FixedClock, reason: str = WHY) -> int:
    return retention.erase(place, name, reason=reason, clock=clock).n


def damage() -> list[str]:
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


def test_erased_field_is_gone_and_everything_else_verifies(
    place: int, session: Session, clock: FixedClock
) -> None:
    before = session.get_one(LogEntry, place)
    body, root = before.body, proofs.root(session, place + 1)

    said_by = erase(place, "what", clock)
    session.rollback()

    entry = session.get_one(LogEntry, place)
    assert (entry.body, proofs.root(session, place + 1)) == (body, root)
    assert "what" in entries.read(entry.body).fields
    assert "what" not in entry.fields
    assert entry.fields["number"] == 1
    saying = session.get_one(LogEntry, said_by)
    assert (saying.action, saying.chain) == ("field.erased", "CH-A")
    assert saying.fields == {"place": place, "name": "what", "reason": WHY}
    proof = proofs.inclusion(session, place, said_by + 1)
    assert tree.includes(entry.leaf, place, said_by + 1, proof, proofs.root(session, said_by + 1))
    assert damage() == []
    with one_instant(db.engine) as connection:
        verification = verifying.Verification(connection)
        assert list(verification.run()) == []
        assert verification.erased == 1


def test_erased_field_is_told_as_withheld(place: int, session: Session, clock: FixedClock) -> None:
    erase(place, "what", clock)
    erase(place, "actor", clock)
    session.rollback()

    entry = session.get_one(LogEntry, place)
    assert log.words_for(entry)[1] == {"what": "[withheld]"}
    assert entry.actor_name is None
    assert log.telling("field.erased").public == {"place", "name"}


def test_erased_value_is_in_no_page_of_the_file(
    place: int, session: Session, clock: FixedClock, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("PostgreSQL clears what was deleted in its own time")
    with db.engine.begin() as connection:  # leave the words in the entry at `place` alone
        for name in ("log_detail_no_delete",):
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.execute(
            sa.delete(LogDetail).where(LogDetail.n != place, LogDetail.name.in_(["what", "listed"]))
        )
        connection.execute(
            sa.delete(LogDetail).where(LogDetail.n == place, LogDetail.name == "listed")
        )
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("VACUUM")
        connection.exec_driver_sql("BEGIN")
    erase(place, "what", clock)
    db.session.remove()
    file = db.engine.url.database
    db.engine.dispose()
    with sqlite3.connect(str(file)) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()

    with open(str(file), "rb") as opened:
        assert b"Quokkaproof" not in opened.read()


@pytest.mark.parametrize("name", ["actor", "actor_id", "what", "listed", "kept"])
def test_names_and_text_can_be_erased(place: int, clock: FixedClock, name: str) -> None:
    erase(place, name, clock)

    assert damage() == []


@pytest.mark.parametrize("name", ["number", "yes", "at", "day", "sha256", "nothing"])
def test_what_proofs_compare_cannot_be_erased(
    place: int, session: Session, clock: FixedClock, name: str
) -> None:
    with pytest.raises(Invalid):
        erase(place, name, clock)

    session.rollback()
    assert name in session.get_one(LogEntry, place).fields
    assert session.scalars(sa.select(LogErasure)).all() == []


def test_field_that_a_room_keeps_cannot_be_erased(
    place: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_kept", dict(retention._kept))
    retention.keep({"test.said": frozenset({"kept"})})
    retention.keep({"test.said": frozenset({"other"})})

    with pytest.raises(Invalid, match="needed to prove"):
        erase(place, "kept", clock)


def test_erasure_of_an_erasure_leaves_what_says_where_it_was(
    place: int, session: Session, clock: FixedClock
) -> None:
    said_by = erase(place, "what", clock)
    for name in ("place", "name"):
        with pytest.raises(Invalid):
            erase(said_by, name, clock)
    erase(said_by, "reason", clock)

    assert damage() == []


def test_keys_are_never_erased(place: int, session: Session, clock: FixedClock) -> None:
    named = session.scalars(sa.select(LogEntry.n).where(LogEntry.action == "log.key_named")).one()

    with pytest.raises(Invalid):
        erase(named, "key", clock)


@pytest.mark.parametrize(("where", "name"), [(0, "nonsense"), (999, "what")])
def test_field_that_is_not_there_is_refused(
    place: int, clock: FixedClock, where: int, name: str
) -> None:
    with pytest.raises(NotFound):
        erase(where, name, clock)


def test_field_is_erased_once(place: int, clock: FixedClock) -> None:
    erase(place, "what", clock)

    with pytest.raises(NotFound):
        erase(place, "what", clock)


def test_erasure_without_a_reason_is_refused(place: int, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="why"):
        erase(place, "what", clock, reason="  ")


def test_forged_erasures_are_found(place: int, session: Session, clock: FixedClock) -> None:
    """Leave to delete that no entry gave, or another entry, or for another field."""
    said_by = erase(place, "what", clock)
    session.rollback()
    with transaction() as inside:
        for name, entry_n in (("listed", place - 1), ("number", said_by), ("yes", place + 1)):
            inside.add(LogErasure(n=place, name=name, entry_n=entry_n))
    with transaction() as inside:
        inside.execute(
            sa.delete(LogDetail).where(LogDetail.n == place, LogDetail.name.in_(["listed"]))
        )

    found = damage()
    assert len([each for each in found if "does not say that it was erased" in each]) == 3
    assert any(f"entry {place}, field listed" in each for each in found)
    assert any(f"field number: Entry {said_by} erased it" in each for each in found)


def test_erasure_that_is_gone_is_found(
    place: int, app: Flask, clock: FixedClock, database_kind: str
) -> None:
    said_by = erase(place, "what", clock)
    with db.engine.begin() as connection:
        if database_kind == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER log_erasure_no_delete")
        else:
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        connection.execute(sa.delete(LogErasure))

    found = damage()
    assert any(
        each.endswith("field what: Its value is not stored, and no erasure says why")
        for each in found
    )
    assert f"entry {said_by}: It says that a field was erased, and no erasure is stored" in found

"""The check of the whole stored log: any damage is found, at its place, and nothing else is."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit import verifying
from marketplace.core.audit.findings import failed
from marketplace.core.audit.verifying import command, reading
from marketplace.core.database import db
from tests.conftest import NOW
from tests.integration.audit.small_log import (
    DETAIL,
    ENTRY,
    HEAD,
    LATER,
    NODE,
    Tamper,
    action,
    at,
    entry,
    findings,
    flipped,
    levels,
    logged,
    places,
    tamper,
    where,
)

__all__ = ["action", "levels", "logged", "tamper"]


def test_sound_log_is_found_sound(logged: None, levels: int) -> None:
    told: list[tuple[int, int]] = []
    with command.one_instant(db.engine) as connection:
        verification = verifying.Verification(connection, lambda *found: told.append(found))
        assert list(verification.run()) == []
    assert (verification.entries, verification.checkpoints) == (LATER, 2)
    assert verification.unstamped == 2
    assert told[-1] == (LATER, LATER)


def test_log_without_entries_is_sound(app: Flask) -> None:
    assert findings() == []


def test_changed_byte_of_any_entry_is_found_at_its_place(tamper: Tamper, session: Session) -> None:
    for n in (0, 7, 8, 12, LATER - 1):
        body, place = entry(session, n).body, where(session, n)
        for index in (0, 1, 40, len(body) // 2, len(body) - 1):
            tamper(at(n).values(body=flipped(body, index)))
            found = places()
            assert found, (n, index)
            assert all(each.startswith(place) for each in found), (n, index, found)
            tamper(at(n).values(body=body))
    assert places() == []


def test_changed_column_of_an_entry_is_found_at_its_place(
    tamper: Tamper, session: Session, levels: int
) -> None:
    found = entry(session, 12)
    before = {
        name: getattr(found, name) for name in ("at", "action", "cn", "chain", "leaf", "body")
    }
    for change in (
        {"at": NOW - timedelta(days=1)},
        {"at": NOW + timedelta(days=1)},
        {"action": "log.key_named"},
        {"cn": 77},
        {"chain": "CH-C"},
        {"leaf": b"x" * 32},
        {"leaf": b""},
        {"body": b""},
        {"body": b"\xff\xfe{"},
        {"body": b"[]"},
    ):
        tamper(at(12).values(change))
        assert places()[0].startswith("entry 12 "), change
        tamper(at(12).values(before))
    assert places() == []


def test_changed_byte_of_any_field_is_found_at_its_place(tamper: Tamper, session: Session) -> None:
    for n in (0, 8, 12):
        place = where(session, n)
        for name, salt, value in session.execute(
            sa.select(DETAIL.c.name, DETAIL.c.salt, DETAIL.c.value).where(DETAIL.c.n == n)
        ).all():
            one = sa.update(DETAIL).where(DETAIL.c.n == n, DETAIL.c.name == name)
            for change in (
                {"salt": flipped(salt, 0)},
                {"value": flipped(value, len(value) - 1)},
                # The same bytes in a row, parted elsewhere.
                {"salt": salt[:31], "value": salt[31:] + value},
            ):
                tamper(one.values(change))
                # Of a field that names a key the key kept beside it tells too.
                assert places()[0] == f"{place}, field {name}"
            tamper(one.values(salt=salt, value=value))
    assert places() == []


def test_field_that_is_gone_or_too_many_is_found(tamper: Tamper, session: Session) -> None:
    tamper(sa.delete(DETAIL).where(DETAIL.c.n == 12, DETAIL.c.name == "what"))
    tamper(sa.insert(DETAIL).values(n=13, name="more", salt=b"x" * 32, value=b"1"))
    tamper(sa.insert(DETAIL).values(n=99, name="more", salt=b"x" * 32, value=b"1"))

    assert places() == [
        f"{where(session, 12)}, field what",
        f"{where(session, 13)}, field more",
        "entry 99, field more",
    ]


def test_changed_node_is_found_at_its_place_and_only_there(tamper: Tamper, levels: int) -> None:
    for level, index, hashed in nodes()[::2]:
        one = sa.update(NODE).where(NODE.c.level == level, NODE.c.index == index)
        tamper(one.values(hash=flipped(hashed, 5)))
        first, last = index << level, ((index + 1) << level) - 1
        named = f"node {index} at level {level} (entries {first} to {last})"
        assert places()[0] == named
        if level < levels:
            assert len(places()) == 1
        tamper(one.values(hash=hashed))
    assert places() == []


def nodes() -> list[tuple[int, int, bytes]]:
    with db.engine.connect() as connection:
        return [
            (level, index, bytes(hashed))
            for level, index, hashed in connection.execute(sa.select(NODE))
        ]


def test_missing_node_and_stray_nodes_are_found(tamper: Tamper, levels: int) -> None:
    tamper(sa.delete(NODE).where(NODE.c.level == 2, NODE.c.index == 1))
    tamper(sa.insert(NODE).values(level=0, index=0, hash=b"x" * 32))
    tamper(sa.insert(NODE).values(level=1, index=LATER // 2, hash=b"x" * 32))
    tamper(sa.insert(NODE).values(level=40, index=0, hash=b"x" * 32))

    assert set(places()) == {
        "node 1 at level 2 (entries 4 to 7)",
        "node 0 at level 0",
        f"node {LATER // 2} at level 1",
        "node 0 at level 40",
    }


def test_changed_head_is_found(tamper: Tamper, session: Session) -> None:
    before = dict(session.execute(sa.select(HEAD)).one()._mapping)
    for change in (
        {"size": LATER + 1},
        {"last_at": NOW},
        {"frontier": b"x" * 64},
        {"frontier": b""},
    ):
        tamper(sa.update(HEAD).values(change))
        assert places() == ["head"], change
        tamper(sa.update(HEAD).values(before))


def test_head_that_is_gone_is_found(tamper: Tamper) -> None:
    tamper(sa.delete(HEAD))

    assert places() == ["head"]


def test_entries_that_are_gone_are_found_at_their_places(tamper: Tamper, levels: int) -> None:
    for gone in (0, 5, 12):
        tamper(sa.delete(DETAIL).where(DETAIL.c.n == gone))
        tamper(sa.delete(ENTRY).where(ENTRY.c.n == gone))
        assert f"entry {gone}" in places()
    tamper(sa.delete(DETAIL).where(DETAIL.c.n == LATER - 1))
    tamper(sa.delete(ENTRY).where(ENTRY.c.n == LATER - 1))
    assert {"head", f"checkpoint {LATER}"} <= set(places())


def test_entry_far_beyond_the_last_is_found_without_looking_at_every_place(
    tamper: Tamper,
) -> None:
    far = 10**12
    tamper(
        sa.insert(ENTRY).values(
            n=far, at=NOW, chain="CH-Z", cn=1, action="x", leaf=b"x" * 32, body=b"{}"
        )
    )
    tamper(
        sa.insert(ENTRY).values(
            n=-1, at=NOW, chain="CH-Y", cn=1, action="x", leaf=b"x" * 32, body=b"{}"
        )
    )

    found = places()
    assert {f"entries {reading.BATCH} to {far - 1}", f"entry {far} (chain CH-Z, 1)"} <= set(found)
    assert {"head", "entry -1"} <= set(found)


def test_value_of_another_kind_is_found_at_its_place(tamper: Tamper, database_kind: str) -> None:
    if database_kind != "sqlite":
        pytest.skip("only SQLite stores in a column what is none of its values")
    for column in ("leaf", "body"):
        tamper(sa.text(f"UPDATE log_entry SET {column} = 'text' WHERE n = 13"))
        assert places()[0].startswith("entry 13 ")
    for column, value in (("salt", "'text'"), ("salt", "1"), ("value", "'text'"), ("value", "1.5")):
        tamper(sa.text(f"UPDATE log_detail SET {column} = {value} WHERE n = 14"))
        assert any(place.startswith("entry 14 ") for place in places())
    tamper(sa.text("UPDATE log_node SET hash = 'text' WHERE level = 1 AND \"index\" = 0"))
    assert "node 0 at level 1 (entries 0 to 1)" in places()
    tamper(sa.text("UPDATE log_head SET frontier = 'text'"))
    assert "head" in places()
    tamper(sa.text("UPDATE log_checkpoint SET root = 'text'"))
    assert "checkpoints" in places()
    tamper(sa.text("UPDATE log_entry SET at = 'once upon a time' WHERE n = 12"))
    assert "entry 12" in places()


def test_room_that_registers_a_check_is_asked(
    logged: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verifying, "_checks", [])
    found = failed("It is not there", "bid B-1")
    verifying.also(lambda _connection: [found])

    assert findings() == [found]


def test_command_says_the_log_is_whole(logged: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(db.engine) == 0
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "The log is whole. Entries: 24, checkpoints: 2; they agree in every byte.",
        "Checkpoints without a time stamp, not independently witnessed: 2.",
    ]
    assert said.err == "100 % of 24 entries\n"


def test_command_lists_damage_and_counts_what_it_does_not_list(
    tamper: Tamper, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(sa.update(DETAIL).where(DETAIL.c.name == "what").values(salt=b"x" * 32))
    monkeypatch.setattr(command, "LISTED", 5)

    assert command.main(db.engine) == 1
    *listed, more, verdict = capsys.readouterr().out.splitlines()
    assert len(listed) == 5
    assert listed[0].startswith("entry 0 (chain CH-A, 1), field what: Its stored salt and value")
    assert more == "And 18 more."
    assert verdict == "The log is damaged. Things that do not agree: 23."

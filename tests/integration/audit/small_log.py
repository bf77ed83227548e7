"""A small log, the hand that damages it, and where the check of the whole log says damage is.

Test modules import these fixtures.
"""

import sqlite3
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, log, verifying
from marketplace.core.audit.findings import Finding, Status
from marketplace.core.audit.models import (
    LogCheckpoint,
    LogDetail,
    LogEntry,
    LogHead,
    LogKey,
    LogNode,
)
from marketplace.core.audit.verifying import command, reading
from marketplace.core.audit.verifying.reading import table
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction

CHAINS = ("CH-A", "CH-B", log.SITE)
# With the entry that names the key the log has 24 entries; checkpoints are of 9 and of 24.
EARLIER, LATER = 9, 24


@pytest.fixture(autouse=True)
def action(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an action, for these tests alone, and no room's own check."""
    told = {"test.noted": log.Telling("Noted %(what)s.")}
    monkeypatch.setattr(log, "_tellings", {**log._tellings, **told})


def note(clock: FixedClock, count: int, begin: int = 0) -> None:
    """Append entries to three chains by turns."""
    with transaction() as session:
        for number in range(begin, begin + count):
            log.append(
                session,
                clock=clock,
                action="test.noted",
                chain=CHAINS[number % 3],
                what=f"note {number}",
                number=number,
            )
            clock.instant += timedelta(seconds=1)


def sign(clock: FixedClock) -> None:
    with transaction() as session:
        checkpoints.make(session, clock=clock)


@pytest.fixture
def logged(app: Flask, clock: FixedClock) -> None:
    """Make a log of 24 entries with two checkpoints, in small batches of 8."""
    note(clock, EARLIER - 1)
    sign(clock)
    note(clock, LATER - EARLIER, EARLIER - 1)
    sign(clock)


@pytest.fixture(params=[12, 3], ids=["one batch", "batches of 8"])
def levels(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """Verify in one batch, and in several."""
    found = int(request.param)
    monkeypatch.setattr(reading, "BATCH", 1 << found)
    for module in (reading, verifying.subtrees):
        monkeypatch.setattr(module, "LEVELS", found)
    return found


def findings() -> list[Finding]:
    with command.one_instant(db.engine) as connection:
        return list(verifying.Verification(connection).run())


def places() -> list[str]:
    """Say where damage is."""
    return [found.where for found in findings() if found.status is Status.FAILED]


Tamper = Callable[[sa.Executable], None]


@pytest.fixture
def tamper(session: Session, logged: None) -> Tamper:
    """Give the hand of somebody who has the database for themselves, and no trigger in the way."""

    def change(statement: sa.Executable) -> None:
        session.rollback()
        with db.engine.connect() as connection:
            raw: Any = connection.connection.dbapi_connection
            if isinstance(raw, sqlite3.Connection):
                raw.execute("PRAGMA foreign_keys = OFF")
                for (name,) in raw.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger'"
                ).fetchall():
                    raw.execute(f"DROP TRIGGER {name}")
            else:
                connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            connection.execute(statement)
            connection.commit()

    return change


ENTRY, DETAIL, NODE = (table(model) for model in (LogEntry, LogDetail, LogNode))
HEAD, KEY = (table(model) for model in (LogHead, LogKey))
CHECKPOINT = table(LogCheckpoint)


def at(n: int) -> sa.Update:
    """Begin a change of one entry's row."""
    return sa.update(ENTRY).where(ENTRY.c.n == n)


def entry(session: Session, n: int) -> LogEntry:
    session.rollback()
    return session.get_one(LogEntry, n)


def where(session: Session, n: int) -> str:
    found = entry(session, n)
    return f"entry {n} (chain {found.chain}, {found.cn})"


def flipped(data: bytes, index: int) -> bytes:
    return data[:index] + bytes([data[index] ^ 1]) + data[index + 1 :]

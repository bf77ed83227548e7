"""Raw SQL against every append-only table: what the database refuses, whoever asks and however."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from marketplace.core.audit.models import APPEND_ONLY
from marketplace.core.database import Base, ExactDecimal, UtcDateTime
from tests.conftest import NOW

# Instants that must come after another of their row.
LATER = {
    "bid_query_extension": "limit_to",
    "evidence_extension": "limit_to",
    "passport_answer": "expires_at",
}
# What a row of the first of its kinds has otherwise: mostly columns that it does not have.
OTHERWISE: dict[str, dict[str, object]] = {
    "award_complaint": {"sender": ""},
    "clarification_version": {"because": None},
    "contract": {"advance_id": None, "bought_by": None},
    "contract_change": {"ends_on": None, "supplier_id": None},
    "court_order": {"ends_on": None},
    "reconsideration": {"advance_id": None},
    # Accepted, for a key over the payment holds only where there is one.
    "milestone_answer": {"accepted": True},
    "regime_decision": {"reason": None},
    "work_end": {"gate_id": None},
}
TABLES = [Base.metadata.tables[name] for name in sorted(APPEND_ONLY)]


def made_up(column: sa.Column[Any]) -> object:
    """Make a value that a column takes."""
    if isinstance(column.type, sa.Enum):
        return column.type.enums[0]
    if isinstance(column.type, UtcDateTime):
        return NOW
    if isinstance(column.type, ExactDecimal):
        return Decimal(1)
    kind = column.type.python_type
    if kind is uuid.UUID:
        return uuid.uuid4()
    if kind is date:
        return NOW.date()
    made: dict[type, object] = {
        int: 1,
        str: "x",
        bytes: b"x" * 32,
        bool: False,
        dict: {},
        object: {},
    }
    return made[kind]


@contextmanager
def loose(session: Session) -> Iterator[None]:
    """Let rows refer to nothing: what they refer to is not what is tested here."""
    raw: Any = session.connection().connection.dbapi_connection
    if isinstance(raw, sqlite3.Connection):
        raw.execute("ROLLBACK")  # within a transaction SQLite takes no notice
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute("BEGIN")
        yield
        session.commit()
        session.connection()
        raw.execute("ROLLBACK")
        raw.execute("PRAGMA foreign_keys = ON")
        raw.execute("BEGIN")
    else:
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        yield
    session.commit()


@pytest.fixture
def filled(session: Session) -> Session:
    """Put one row into every append-only table."""
    with loose(session):
        for table in TABLES:
            row = {column.name: made_up(column) for column in table.columns}
            row |= OTHERWISE.get(table.name, {})
            if table.name == "log_erasure":
                row["name"] = "another field than that in log_detail"
            if later := LATER.get(table.name):
                row[later] = NOW + timedelta(days=1)
            session.execute(sa.insert(table).values(row))
    return session


def rows(session: Session, table: sa.Table) -> list[dict[str, Any]]:
    """Read a table, and end the reading."""
    found = [dict(row) for row in session.execute(sa.select(table)).mappings()]
    session.rollback()
    return found


def refused(session: Session, statement: str) -> None:
    """Run a statement that must be refused, for that reason."""
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(statement))
    session.rollback()


def keys(table: sa.Table) -> list[set[str]]:
    """Give the columns of each key by which a row can be in the way of another."""
    return [
        {column.name for column in constraint.columns}
        for constraint in table.constraints
        if isinstance(constraint, (sa.PrimaryKeyConstraint, sa.UniqueConstraint))
    ]


def listed(names: set[str] | list[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def test_rows_of_evidence_are_never_changed_deleted_or_emptied(
    filled: Session, database_kind: str
) -> None:
    for table in TABLES:
        before = rows(filled, table)
        assert before
        for column in table.columns:
            refused(filled, f'UPDATE {table.name} SET "{column.name}" = "{column.name}"')
        refused(filled, f"DELETE FROM {table.name}")
        if database_kind == "postgresql":
            refused(filled, f"TRUNCATE {table.name} CASCADE")
        assert rows(filled, table) == before


def test_rows_of_evidence_are_never_replaced(filled: Session, database_kind: str) -> None:
    for table in TABLES:
        before = rows(filled, table)
        columns = listed([column.name for column in table.columns])
        # SQLite reads ON after a SELECT as part of a join, unless there is a WHERE.
        again = f"INTO {table.name} ({columns}) SELECT {columns} FROM {table.name} WHERE true"
        first = f'"{table.columns[0].name}"'
        for key in keys(table):
            change = f"ON CONFLICT ({listed(key)}) DO UPDATE SET {first} = excluded.{first}"
            refused(filled, f"INSERT {again} {change}")
        if database_kind == "sqlite":
            refused(filled, f"REPLACE {again}")
        assert rows(filled, table) == before


def test_rows_of_evidence_are_never_replaced_over_a_connection_that_is_not_ours(
    filled: Session, database_kind: str
) -> None:
    """A connection without `recursive_triggers` deletes what is in the way without asking."""
    if database_kind != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    bind = filled.get_bind()
    assert isinstance(bind, sa.Engine)
    stranger = sqlite3.connect(str(bind.url.database))
    assert stranger.execute("PRAGMA recursive_triggers").fetchone() == (0,)
    for table in TABLES:
        before = rows(filled, table)
        columns = listed([column.name for column in table.columns])
        for key in keys(table):
            # Each key by itself: the others of the new row are free.
            values = ", ".join(
                "999999" if column.name not in key and _counts(column) else f'"{column.name}"'
                for column in table.columns
            )
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                stranger.execute(
                    f"REPLACE INTO {table.name} ({columns}) SELECT {values} FROM {table.name}"
                )
            stranger.rollback()
        assert rows(filled, table) == before
    stranger.close()


def _counts(column: sa.Column[Any]) -> bool:
    return not isinstance(column.type, sa.Enum) and column.type.python_type in (int, uuid.UUID)


def test_field_of_an_entry_goes_only_when_an_erasure_names_it(session: Session) -> None:
    tables = Base.metadata.tables
    with loose(session):
        for name in ("a", "b"):
            field = {"n": 7, "name": name, "salt": b"x", "value": b"x"}
            session.execute(sa.insert(tables["log_detail"]).values(field))
    refused(session, "DELETE FROM log_detail")
    with loose(session):
        session.execute(sa.insert(tables["log_erasure"]).values(n=7, name="a", entry_n=8))

    refused(session, "DELETE FROM log_detail")
    refused(session, "DELETE FROM log_detail WHERE name = 'b'")
    session.execute(sa.text("DELETE FROM log_detail WHERE name = 'a'"))
    session.commit()

    assert session.scalars(sa.text("SELECT name FROM log_detail")).all() == ["b"]

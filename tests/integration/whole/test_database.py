"""The migrated database is the one that the models describe, append-only tables included."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

from marketplace.core.audit.models import APPEND_ONLY
from marketplace.core.database import Base, db

# Named here too, so that a model that loses its mark is noticed.
MUST_BE_APPEND_ONLY = {
    "log_checkpoint",
    "log_detail",
    "log_entry",
    "log_erasure",
    "log_key",
    "log_node",
    "log_stamp",
    "submission",
    "score",
    "consensus_score",
    "conflict_declaration",
    "conflict_decision",
    "result",
    "recommendation",
    "sign_off",
    "intention",
    "contract",
    "frozen_report",
    "report_file",
    "evaluation_plan",
}


def triggers(session: Session) -> dict[str, set[str]]:
    """Give the names of all triggers by table."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    statement = (
        "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
        if sqlite
        else "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal"
    )
    found: dict[str, set[str]] = {}
    for table, name in session.execute(sa.text(statement)):
        found.setdefault(table, set()).add(name)
    session.rollback()
    return found


def expected(database_kind: str) -> dict[str, set[str]]:
    """Give the triggers that every append-only table has on this database."""
    verbs = (
        ("no_update", "no_delete", "no_replace")
        if database_kind == "sqlite"
        else ("no_change", "no_truncate")
    )
    found = {table: {f"{table}_{verb}" for verb in verbs} for table in APPEND_ONLY}
    # Here alone a row may go, on a condition, which PostgreSQL asks in a function of its own.
    found["log_detail"].add("log_detail_no_delete")
    return found


def test_tables_that_hold_evidence_are_append_only() -> None:
    assert set(APPEND_ONLY) >= MUST_BE_APPEND_ONLY
    assert len(APPEND_ONLY) == len(set(APPEND_ONLY))


def test_append_only_tables_have_their_triggers_after_migration(
    session: Session, database_kind: str
) -> None:
    assert triggers(session) == expected(database_kind)


def test_triggers_after_migration_are_word_for_word_those_of_the_models(
    session: Session, database_kind: str
) -> None:
    if database_kind != "sqlite":
        pytest.skip("only SQLite keeps the words of a trigger as they were given")
    statement = sa.text("SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'")
    migrated = {tuple(row) for row in session.execute(statement)}
    session.rollback()
    fresh = sa.create_engine("sqlite://")
    with fresh.begin() as connection:
        Base.metadata.create_all(connection)
        assert {tuple(row) for row in connection.execute(statement)} == migrated
    fresh.dispose()


def test_append_only_tables_have_their_triggers_after_going_back_and_forth(
    app: Flask, session: Session, database_kind: str
) -> None:
    downgrade(revision="base")
    assert triggers(session) == {}
    upgrade()

    assert triggers(session) == expected(database_kind)


def test_migrated_tables_are_those_of_the_models(session: Session) -> None:
    connection = session.connection()
    context = MigrationContext.configure(
        connection, opts={"compare_type": False, "compare_server_default": False}
    )

    differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_migrated_constraints_are_those_of_the_models(session: Session) -> None:
    """Alembic does not compare CHECK constraints, and rules of ours are there."""
    inspector = sa.inspect(session.connection())
    for table in Base.metadata.sorted_tables:
        declared = {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
        }
        found = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        assert found == declared, table.name


def test_sqlite_connections_keep_foreign_keys_and_recursive_triggers(
    session: Session, database_kind: str
) -> None:
    if database_kind == "postgresql":
        assert session.execute(sa.text("SHOW timezone")).scalar_one() == "UTC"
        return

    def pragma(name: str) -> object:
        return session.execute(sa.text(f"PRAGMA {name}")).scalar_one()

    assert [pragma(name) for name in ("foreign_keys", "recursive_triggers", "synchronous")] == [
        1,
        1,
        2,
    ]
    assert pragma("journal_mode") == "wal"
    assert db.engine.dialect.name == "sqlite"

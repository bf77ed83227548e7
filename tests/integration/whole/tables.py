"""Looks at the tables of a database as they are, whatever the models say."""

import uuid

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy.orm import Session

from challenges.finding import keeping
from marketplace.core.audit.models import APPEND_ONLY
from marketplace.core.database import Base, db, is_modelled


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
    """Give the triggers of append-only tables, and those that keep the index of words."""
    verbs = (
        ("no_update", "no_delete", "no_replace")
        if database_kind == "sqlite"
        else ("no_change", "no_truncate")
    )
    found = {table: {f"{table}_{verb}" for verb in verbs} for table in APPEND_ONLY}
    # Here alone a row may go, on a condition, which PostgreSQL asks in a function of its own.
    found["log_detail"].add("log_detail_no_delete")
    for name, (table, _rest) in keeping.triggers(database_kind).items():
        found.setdefault(table, set()).add(name)
    return found


def differences(session: Session) -> list[object]:
    """Give what the models describe otherwise than the database has it, by table."""
    connection = session.connection()
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": False,
            "compare_server_default": False,
            "include_name": is_modelled,
        },
    )
    found: list[object] = list(compare_metadata(context, Base.metadata))
    # Alembic does not compare CHECK constraints, and rules of ours are there.
    inspector = sa.inspect(connection)
    for table in Base.metadata.sorted_tables:
        declared = {
            str(constraint.name)
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
        }
        present = {str(check["name"]) for check in inspector.get_check_constraints(table.name)}
        if present != declared:
            found.append((table.name, present ^ declared))
    session.rollback()
    return found


def pragmas(session: Session) -> dict[str, object]:
    """Give how a connection to SQLite is set."""
    names = ("foreign_keys", "recursive_triggers", "synchronous", "journal_mode")
    found = {name: session.execute(sa.text(f"PRAGMA {name}")).scalar_one() for name in names}
    session.rollback()
    return found


def version() -> str | None:
    """Name the version of the tables."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def rows(table: str, *columns: str) -> list[tuple[object, ...]]:
    """Read columns of a table as the database has them now."""
    with db.engine.connect() as connection:
        statement = sa.text(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1")
        return [tuple(row) for row in connection.execute(statement)]


def add(table: str, **values: object) -> uuid.UUID:
    """Add a row to a table as the database has it now, whatever the models say; give its id."""
    identifier = uuid.uuid4()
    with db.engine.begin() as connection:
        found = sa.Table(table, sa.MetaData(), autoload_with=connection)
        given = {"id": identifier, **values}
        row = {
            name: value.hex
            if isinstance(value, uuid.UUID) and connection.dialect.name == "sqlite"
            else value
            for name, value in given.items()
            if name in found.c
        }
        connection.execute(found.insert().values(row))
    return identifier

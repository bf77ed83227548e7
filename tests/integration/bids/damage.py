"""Damages stored rows as somebody who holds the database could, past the triggers."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from marketplace.core.audit import verifying
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.database import Base, db


def damage() -> list[str]:
    """Give all that a check of the whole log finds wrong."""
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


@contextmanager
def written_over(
    engine: sa.Engine,
    table: type[Base],
    which: sa.ColumnElement[bool],
    values: Mapping[str, Any],
) -> Iterator[None]:
    """Write values over those of one row while the `with` lasts, and then put them back."""
    with engine.connect() as connection:
        columns = [getattr(table, name) for name in values]
        before = connection.execute(sa.select(*columns).where(which)).one()._mapping
    key = sa.inspect(table).primary_key[0]
    with engine.connect() as connection:
        row = connection.execute(sa.select(key).where(which)).scalar_one()
    _write(engine, table, key == row, values)
    try:
        yield
    finally:
        _write(engine, table, key == row, dict(before))


@contextmanager
def deleted(engine: sa.Engine, table: type[Base], which: sa.ColumnElement[bool]) -> Iterator[None]:
    """Delete rows while the `with` lasts, and then put them back."""
    with engine.connect() as connection:
        found = connection.execute(sa.select(table.__table__).where(which)).mappings()
        rows = [dict(row) for row in found]
    with _free(engine, table) as connection:
        connection.execute(sa.delete(table).where(which))
    try:
        yield
    finally:
        insert(engine, table, rows)


def insert(engine: sa.Engine, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, whatever they refer to."""
    with _free(engine, table) as connection:
        connection.execute(sa.insert(table), rows)


def _write(
    engine: sa.Engine, table: type[Base], which: sa.ColumnElement[bool], values: Mapping[str, Any]
) -> None:
    with _free(engine, table) as connection:
        connection.execute(sa.update(table).where(which).values(**values))


@contextmanager
def _free(engine: sa.Engine, table: type[Base]) -> Iterator[sa.Connection]:
    """Give a connection for which neither triggers nor references of a table hold."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
            yield connection
            connection.commit()
            return
        # Within a transaction SQLite would not hear of it.
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.execute("PRAGMA foreign_keys = OFF")
        for event in ("update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {table.__tablename__}_no_{event}")
        yield connection
        connection.commit()
        driver.execute("PRAGMA foreign_keys = ON")

"""The database: our declarative base, exact column types, and how each engine is set up.

Three kinds of value must survive storage unchanged: instants (SQLite forgets the zone), decimals
(SQLite keeps them as binary floats) and enumerations (which the database itself must limit).
"""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import uuid_utils.compat
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Enum, MetaData, event
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, Uuid

if TYPE_CHECKING:
    from sqlalchemy.pool import ConnectionPoolEntry

# Every constraint has a name that a migration can say on both databases.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> uuid.UUID:
    """Make an identifier (UUIDv7): rows made together lie together in the index."""
    return uuid_utils.compat.uuid7()


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, stored in UTC and given back in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn an aware instant into UTC; a naive one is a mistake of the programmer's."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the instant back, aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class ExactDecimal(TypeDecorator[Decimal]):
    """A decimal with a fixed number of places, stored as an integer, so that nothing rounds it."""

    impl = BigInteger
    cache_ok = True

    def __init__(self, places: int) -> None:
        super().__init__()
        self.places = places

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Scale to an integer; refuse more places than the column keeps."""
        if value is None:
            return None
        scaled = Decimal(value).scaleb(self.places)
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {self.places} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Scale back; trailing zeros go, so that 5.000 is shown as 5."""
        if value is None:
            return None
        exact = Decimal(value).scaleb(-self.places).normalize()
        return exact.quantize(Decimal(1)) if exact == exact.to_integral_value() else exact


def enum_type(kind: type[StrEnum], *, checked: bool = True) -> Enum:
    """Make the column type of a StrEnum: its values as text, limited by a CHECK.

    Where it is not `checked`, the table has a CHECK of its own, of the values that fit it.
    """
    return Enum(
        kind,
        native_enum=False,
        create_constraint=checked,
        length=40,
        name=kind.__name__.lower(),
        values_callable=lambda members: [member.value for member in members],
        validate_strings=True,
    )


class Base(DeclarativeBase):
    """What every table's class derives from."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads a plain dict here)
        datetime: UtcDateTime(),
        uuid.UUID: Uuid(),
    }


class Identified:
    """Gives a table its identifier."""

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)


db = SQLAlchemy(metadata=Base.metadata)

# Tables, columns ("table.column") and indexes that the models cannot describe; rooms add theirs.
UNMODELLED: set[str] = set()


def is_modelled(name: str | None, kind: str, parents: Mapping[Any, str | None]) -> bool:
    """Tell Alembic whether to hold what the database has against the models."""
    table = parents.get("table_name")
    return (f"{table}.{name}" if kind == "column" else name) not in UNMODELLED


# A change asks for the write lock at once: a reader that becomes a writer later fails on SQLite
# without waiting, whatever the busy timeout.
IMMEDIATE = {"immediate": True}


def prepare_engine(engine: Engine) -> None:
    """Set up every connection of `engine` as its database needs."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _prepare_sqlite(connection: Any, _record: "ConnectionPoolEntry") -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # a receipt that was shown must outlive a power cut
        "foreign_keys = ON",
        "recursive_triggers = ON",  # else REPLACE slips past the append-only triggers
        "busy_timeout = 10000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("immediate")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

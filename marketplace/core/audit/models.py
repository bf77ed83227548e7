"""Tables of the log and the rules by which the database itself keeps them append-only."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
    event,
)
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class LogHead(Base):
    """The one row whose lock gives out places and instants, so that neither has a gap or a tie."""

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    last_at: Mapped[datetime | None]


class LogEntry(Base):
    """One thing that happened.

    `n` is the place in the whole log from 0; `cn` the place in its chain from 1, without gaps;
    `chain` is a challenge's reference, or `site`. `actor_id` is null for the service itself.
    """

    __tablename__ = "log_entry"
    __table_args__ = (UniqueConstraint("chain", "cn"),)

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    chain: Mapped[str] = mapped_column(String(40))
    cn: Mapped[int]
    action: Mapped[str] = mapped_column(String(60))
    actor_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str | None] = mapped_column(String(120))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)


APPEND_ONLY: list[str] = []


def append_only(model: type[Base]) -> None:
    """Have the database refuse UPDATE and DELETE on a table, and TRUNCATE where it exists."""
    table = model.__tablename__
    APPEND_ONLY.append(table)
    for statement, dialect in append_only_ddl(table):
        event.listen(
            model.__table__,
            "after_create",
            DDL(statement.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]
                dialect=dialect
            ),
        )


def append_only_ddl(table: str) -> list[tuple[str, str]]:
    """Give the statements that make `table` append-only, each with the database it is for.

    Migrations use them too: a migration that rebuilds a table on SQLite loses its triggers.
    """
    sqlite = [
        (
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            "sqlite",
        )
        for verb in ("UPDATE", "DELETE")
    ]
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    rows = (
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    whole = (
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [*sqlite, *((statement, "postgresql") for statement in (function, rows, whole))]


append_only(LogEntry)

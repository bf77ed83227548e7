"""Tables of the log and the rules by which the database itself keeps them append-only."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    DDL,
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    func,
    literal_column,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.database import Base

_IDS = text("length(value) = 38")


class LogHead(Base):
    """The one row whose lock gives out places and instants, so that neither has a gap or a tie.

    `frontier` are the hashes of the perfect subtrees of the tree of `size` leaves, widest first,
    one after another: all that the next entry needs to know of those before.
    """

    __tablename__ = "log_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    last_at: Mapped[datetime | None]
    frontier: Mapped[bytes] = mapped_column(LargeBinary, default=b"")
    checkpoint_due: Mapped[datetime | None]


class LogEntry(Base):
    """One thing that happened: `body` are the canonical bytes that `leaf` is the hash of.

    `n` is the place in the whole log from 0; `cn` the place in its chain from 1, without gaps;
    `chain` is a challenge's reference, or `site`. These, `at` and `action` repeat what the body
    says, so that the database can find by them; whoever verifies compares them with it.
    """

    __tablename__ = "log_entry"
    __table_args__ = (UniqueConstraint("chain", "cn"), Index(None, "action"))

    n: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    chain: Mapped[str] = mapped_column(String(40))
    cn: Mapped[int]
    action: Mapped[str] = mapped_column(String(60))
    leaf: Mapped[bytes] = mapped_column(LargeBinary(32))
    body: Mapped[bytes] = mapped_column(LargeBinary)

    details: Mapped[list["LogDetail"]] = relationship(lazy="selectin", order_by="LogDetail.name")

    @property
    def fields(self) -> Mapping[str, Any]:
        """Give the values of the fields that are still held, without who did it."""
        return {
            detail.name: json.loads(detail.value)
            for detail in self.details
            if detail.name not in ("actor", "actor_id")
        }

    @property
    def actor_name(self) -> str | None:
        """Name who did it; None for the service itself, and where the name was erased."""
        return next((json.loads(d.value) for d in self.details if d.name == "actor"), None)

    @property
    def actor_id(self) -> str | None:
        """Give the identifier of who did it; None as for the name."""
        return next((json.loads(d.value) for d in self.details if d.name == "actor_id"), None)


class LogDetail(Base):
    """The value of one field of an entry, as the bytes that are hashed, and its salt.

    Never changed. It is deleted only when an entry of the log says so: see `LogErasure`.
    """

    __tablename__ = "log_detail"
    # By what names a person or a thing it is found; what is said at length never is.
    __table_args__ = (
        Index("ix_log_detail_identifier", "value", sqlite_where=_IDS, postgresql_where=_IDS),
    )

    n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    value: Mapped[bytes] = mapped_column(LargeBinary)


# That a value is as long as an identifier in quotes: a statement that says so has an index.
IDENTIFIES = func.length(LogDetail.value) == literal_column("38")


class LogErasure(Base):
    """Leave to delete one field's value and salt, given by the entry at `entry_n`."""

    __tablename__ = "log_erasure"

    n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"))


class LogNode(Base):
    """The hash over a perfect subtree: leaves `index * 2**level` to `(index + 1) * 2**level - 1`.

    Level 0 is not here: those hashes stand with their entries.
    """

    __tablename__ = "log_node"

    level: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class LogKey(Base):
    """A key that signs for the log, named by the entry at `entry_n`: only its public part.

    `verifier` is its C2SP form, `name+id+base64`. The last one named is in use.
    """

    __tablename__ = "log_key"

    entry_n: Mapped[int] = mapped_column(
        ForeignKey("log_entry.n"), primary_key=True, autoincrement=False
    )
    verifier: Mapped[str] = mapped_column(String(300), unique=True)


class LogCheckpoint(Base):
    """A signed statement of the root over the first `size` entries: `note` is the C2SP text."""

    __tablename__ = "log_checkpoint"

    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    note: Mapped[str] = mapped_column(Text)

    stamp: Mapped["LogStamp | None"] = relationship(lazy="joined")


class LogStamp(Base):
    """What a time-stamping authority answered about a checkpoint: an RFC 3161 token, in DER."""

    __tablename__ = "log_stamp"

    size: Mapped[int] = mapped_column(ForeignKey("log_checkpoint.size"), primary_key=True)
    at: Mapped[datetime]
    authority: Mapped[str] = mapped_column(String(200))
    token: Mapped[bytes] = mapped_column(LargeBinary)


APPEND_ONLY: list[str] = []
# The columns of append-only tables that can be erased.
ERASABLE: dict[str, tuple[str, ...]] = {}


class Erasing(NamedTuple):
    """How a table's rows may be emptied: by which identifier of theirs, and what has to stay.

    `json` are the columns of JSON, which PostgreSQL compares by their text alone.
    """

    row_id: str
    stays: Collection[str]
    json: Collection[str] = ()

    def allowed(self, table: str, same: str) -> str:
        """Give the condition under which `NEW` may stand in place of `OLD`."""
        leave = (
            f"EXISTS (SELECT 1 FROM erased_row WHERE erased_row.table_name = '{table}' "  # noqa: S608  (our own names)
            f'AND erased_row.row_id = OLD."{self.row_id}")'
        )
        return " AND ".join([leave, *(self._compared(c, same) for c in sorted(self.stays))])

    def _compared(self, column: str, same: str) -> str:
        if column in self.json:
            return f'CAST(NEW."{column}" AS TEXT) {same} CAST(OLD."{column}" AS TEXT)'
        return f'NEW."{column}" {same} OLD."{column}"'


def append_only(
    model: type[Base], delete_when: str | None = None, *, erasable: Collection[str] = ()
) -> None:
    """Have the database refuse UPDATE, DELETE and REPLACE on a table, and TRUNCATE where it exists.

    `delete_when` is a condition in SQL about the row `OLD` under which it may go after all.
    `erasable` names columns whose contents may be erased, and nothing else be changed, once an
    entry of the log has given leave (`marketplace.core.erased.models`).
    """
    table = model.__table__
    assert isinstance(table, Table)
    APPEND_ONLY.append(table.name)
    keys = [
        [column.name for column in constraint.columns]
        for constraint in sorted(table.constraints, key=lambda found: str(found.name))
        if isinstance(constraint, (PrimaryKeyConstraint, UniqueConstraint))
    ]
    erasing = None
    if erasable:
        ERASABLE[table.name] = tuple(erasable)
        row_id = next(iter(table.primary_key.columns)).name
        erasing = Erasing(
            row_id,
            {each.name for each in table.columns} - set(erasable),
            {each.name for each in table.columns if isinstance(each.type, JSON)},
        )
    for statement, dialect in append_only_ddl(table.name, keys, delete_when, erasing):
        event.listen(
            table,
            "after_create",
            DDL(statement.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]  # it has none
                dialect=dialect
            ),
        )


def append_only_ddl(
    table: str,
    keys: Iterable[Sequence[str]],
    delete_when: str | None = None,
    erasing: Erasing | None = None,
) -> list[tuple[str, str]]:
    """Give the statements that make `table` append-only, each with the database it is for.

    `keys` are the columns of its primary key and of each of its unique constraints. Migrations
    use this too: a migration that rebuilds a table on SQLite loses its triggers.
    """
    unless = f"WHEN NOT ({delete_when}) " if delete_when else ""
    # SQLite's REPLACE deletes what is in its way without asking the trigger on DELETE, unless the
    # connection says `recursive_triggers`; ours do, a stranger's need not.
    same = [" AND ".join(f'"{column}" = NEW."{column}"' for column in key) for key in keys]
    taken = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE {each})"  # noqa: S608  (our own names)
        for each in same
    )
    sqlite = [
        (
            f"CREATE TRIGGER {table}_no_{name} BEFORE {verb} ON {table} {condition}"
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END",
            "sqlite",
        )
        for name, verb, condition in (
            (
                "update",
                "UPDATE",
                f"WHEN NOT ({erasing.allowed(table, 'IS')}) " if erasing else "",
            ),
            ("delete", "DELETE", unless),
            ("replace", "INSERT", f"WHEN {taken} "),
        )
    ]
    function = (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    statements = [function]
    if erasing is not None:
        # Here too a function of its own may look into another table, and a condition may not.
        statements += [
            f"CREATE OR REPLACE FUNCTION refuse_{table}_change() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN IF TG_OP = 'UPDATE' THEN "
            f"IF {erasing.allowed(table, 'IS NOT DISTINCT FROM')} THEN RETURN NEW; END IF; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            _rows(table, "change", "UPDATE OR DELETE", f"refuse_{table}_change"),
        ]
    elif delete_when is None:
        statements.append(_rows(table, "change", "UPDATE OR DELETE"))
    else:
        # A trigger of PostgreSQL may look into another table only from within its function.
        statements += [
            f"CREATE OR REPLACE FUNCTION refuse_{table}_delete() RETURNS trigger LANGUAGE plpgsql "
            f"AS $$ BEGIN IF {delete_when} THEN RETURN OLD; END IF; "
            "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$",
            _rows(table, "change", "UPDATE"),
            _rows(table, "delete", "DELETE", f"refuse_{table}_delete"),
        ]
    statements.append(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    return [*sqlite, *((statement, "postgresql") for statement in statements)]


def _rows(table: str, name: str, verbs: str, function: str = "refuse_change") -> str:
    return (
        f"CREATE TRIGGER {table}_no_{name} BEFORE {verbs} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()"
    )


# A field's value may go when the log itself says that it went.
ERASED = (
    "EXISTS (SELECT 1 FROM log_erasure WHERE log_erasure.n = OLD.n AND log_erasure.name = OLD.name)"
)

for _table in (LogEntry, LogErasure, LogNode, LogKey, LogCheckpoint, LogStamp):
    append_only(_table)
append_only(LogDetail, delete_when=ERASED)

"""Finds all tables that lead to a challenge, and writes their rows about one as CSV.

No list of tables is kept: whatever a room adds is in the file, unless it is named here as left out,
with the reason. Rows are found by whole foreign keys, one from table to table, so that none of
another challenge is among them.
"""

import csv
import hashlib
import io
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import Any

from sqlalchemy import (
    ForeignKeyConstraint,
    LargeBinary,
    Select,
    Table,
    func,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

# Imported so that their tables are known, whoever asks first.
import scoring.award.delivery.benefits.models
import scoring.award.delivery.gates.models
import scoring.award.delivery.milestones.models  # noqa: F401  (as the two before)
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base
from marketplace.core.text import N_


class Why(StrEnum):
    """Why something is not in a file."""

    PRIVATE = "private"
    UNFINISHED = "unfinished"
    TECHNICAL = "technical"
    AUDITORS = "auditors"
    HIDDEN = "hidden"
    SEALED = "sealed"


WHY_WORDS = {
    Why.PRIVATE: N_("Private to the person who wrote it or asked for it"),
    Why.UNFINISHED: N_("A draft, which counts for nothing, and is encrypted where it is a bid’s"),
    Why.TECHNICAL: N_("Made from what is in this file, for the service’s own use"),
    Why.AUDITORS: N_("For the body’s auditors alone: ask an auditor for the whole file"),
    Why.HIDDEN: N_("Who asked a question or commented stays hidden from the body"),
    Why.SEALED: N_("The bids were never opened, and stay sealed"),
}

LEFT_OUT: Mapping[str, Why] = {
    "private_note": Why.PRIVATE,
    "score_draft": Why.PRIVATE,
    "follow": Why.PRIVATE,
    "saved_search_told": Why.PRIVATE,
    "closing_reminder": Why.PRIVATE,
    "bid_field": Why.UNFINISHED,
    "bid_draft_file": Why.UNFINISHED,
    "bringing": Why.UNFINISHED,
    "bringing_file": Why.UNFINISHED,
    "brought_sheet": Why.UNFINISHED,
    "change_draft": Why.UNFINISHED,
    "challenge_text": Why.TECHNICAL,
    "challenge_vector": Why.TECHNICAL,
    "case_file": Why.TECHNICAL,
    "erasure_run": Why.TECHNICAL,
}

# Evaluators' own scores and what was declared in confidence: as in the full report.
AUDITORS_ONLY = frozenset(
    {
        *("score", "score_set_aside", "agreement_void", "trial_score", "trial_example"),
        *("conflict_declaration", "conflict_decision", "found_interest", "found_decision"),
        *("reading_order", "panel_assignment"),
    }
)

HIDDEN: Mapping[str, frozenset[str]] = {
    "clarification": frozenset({"supplier_id", "asked_by_id"}),
    "draft_comment": frozenset({"by_id", "organisation_id"}),
}

_ROOT = "challenge"
_AT_ONCE = 200


@dataclass(frozen=True)
class Reached:
    """A table that leads to a challenge: by which key, and over which other tables."""

    table: Table
    key: ForeignKeyConstraint | None
    over: tuple[str, ...]

    def rows(self, challenge_id: uuid.UUID) -> Select[*tuple[Any, ...]]:
        """Select the table's rows about one challenge."""
        return select(self.table).where(self.about(challenge_id)).order_by(*self.table.primary_key)

    def about(self, challenge_id: uuid.UUID) -> Any:
        if self.key is None:
            return self.table.c.id == challenge_id
        above = reached()[self.key.referred_table.name]
        own = list(self.key.columns)
        theirs = [element.column for element in self.key.elements]
        inner = select(*theirs).where(above.about(challenge_id))
        return own[0].in_(inner) if len(own) == 1 else tuple_(*own).in_(inner)


@cache
def reached() -> Mapping[str, Reached]:
    """Give every table that leads to a challenge, by its name, the nearest first."""
    tables = Base.metadata.tables
    found = {_ROOT: Reached(tables[_ROOT], None, ())}
    while True:
        near = _near(tables, found, nullable=False) or _near(tables, found, nullable=True)
        if not near:
            return found
        found |= near


def _near(
    tables: Mapping[str, Table], found: Mapping[str, Reached], *, nullable: bool
) -> dict[str, Reached]:
    """Give the tables that one key leads from to a table that is reached already.

    By a key that may be empty only where nothing else leads on: it would lose rows.
    """
    return {
        name: Reached(table, key, (*found[key.referred_table.name].over, name))
        for name, table in sorted(tables.items())
        if name not in found and (key := _leading(table, found, nullable=nullable)) is not None
    }


def _leading(
    table: Table, found: Mapping[str, Reached], *, nullable: bool
) -> ForeignKeyConstraint | None:
    """Give the key by which a table leads on; one that names the challenge goes before others."""
    return min(
        (
            key
            for key in table.foreign_key_constraints
            if key.referred_table.name in found
            and key.referred_table is not table
            and any(column.nullable for column in key.columns) is nullable
        ),
        key=lambda key: (
            "challenge_id" not in {column.name for column in key.columns},
            sorted(column.name for column in key.columns),
        ),
        default=None,
    )


@dataclass(frozen=True)
class Names:
    """What stands for identifiers in the rows: people's and organisations' names, references."""

    of: Mapping[uuid.UUID, str]

    def told(self, value: object) -> object:
        """Give the name of an identifier, where it has one."""
        return self.of.get(value, value) if isinstance(value, uuid.UUID) else value


def names(session: Session, challenge_id: uuid.UUID) -> Names:
    """Read the names of everybody and everything that rows about a challenge can point to."""
    tables = reached()
    people: set[uuid.UUID] = set()
    organisations: set[uuid.UUID] = set()
    for name, found in tables.items():
        if name in LEFT_OUT:
            continue
        for key in found.table.foreign_keys:
            into = {"user_account": people, "organisation": organisations}.get(
                key.column.table.name
            )
            if into is not None and key.parent.name not in HIDDEN.get(name, ()):
                column = select(key.parent).where(found.about(challenge_id)).distinct()
                into.update(value for value in session.scalars(column) if value is not None)
    known: dict[uuid.UUID, str] = {}
    for model, ids in ((User, people), (Organisation, organisations)):
        known |= dict(
            session.execute(select(model.id, model.name).where(model.id.in_(ids))).tuples().all()
        )
    for name, column_name in (("bid", "reference"), ("criterion", "key"), ("stage", "name")):
        rows = select(tables[name].table.c.id, tables[name].table.c[column_name]).where(
            tables[name].about(challenge_id)
        )
        known |= {identifier: str(said) for identifier, said in session.execute(rows)}
    return Names(known)


def count(session: Session, table: str, challenge_id: uuid.UUID) -> int:
    """Count the rows of a table about a challenge."""
    found = reached()[table]
    query = select(func.count()).select_from(found.table).where(found.about(challenge_id))
    return session.scalar(query) or 0


def written(
    session: Session, table: str, challenge_id: uuid.UUID, called: Names
) -> Iterator[bytes]:
    """Write a table's rows about a challenge as CSV, a few at a time.

    In place of bytes stands their digest: those that are documents are files of their own.
    """
    found = reached()[table]
    hidden = HIDDEN.get(table, frozenset())
    columns = [column for column in found.table.columns if column.name not in hidden]
    headings = [
        f"{column.name}_sha256" if isinstance(column.type, LargeBinary) else column.name
        for column in columns
    ]
    yield _line(headings)
    chosen = found.rows(challenge_id).with_only_columns(*columns)
    for row in session.execute(chosen.execution_options(yield_per=_AT_ONCE)):
        yield _line([_text(called.told(value)) for value in row])


def _line(cells: Sequence[str]) -> bytes:
    content = io.StringIO(newline="")
    csv.writer(content, lineterminator="\r\n").writerow([_safe(cell) for cell in cells])
    return content.getvalue().encode()


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bytes():
            return hashlib.sha256(value).hexdigest()
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case bool():
            return "yes" if value else "no"
        case dict() | list():
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
        case _:
            return str(value)

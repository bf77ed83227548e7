"""Reads the stored log in batches of places, as plain rows: a million entries are too many objects.

A batch begins at a multiple of `BATCH`, so that every subtree up to level `LEVELS` lies within one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Label, Table, func, select, type_coerce
from sqlalchemy.types import NullType

from marketplace.core.audit.models import LogDetail, LogEntry, LogErasure, LogNode
from marketplace.core.database import Base

LEVELS = 12
BATCH = 1 << LEVELS


# Rows as they were read: n, at, chain, cn, action, leaf, body; and n, name, salt, value.
Stored = Any
Detail = Any


@dataclass(frozen=True)
class Batch:
    """What is stored about the places from `start` up to but not including `end`.

    `nodes` maps each level from 1 to the hashes that the batch completes, by their index.
    """

    start: int
    end: int
    entries: Mapping[int, Stored]
    details: Mapping[int, Sequence[Detail]]
    erased: Mapping[int, Mapping[str, int]]
    nodes: Mapping[int, Mapping[int, bytes]]

    @property
    def places(self) -> range:
        """Give the places in order."""
        return range(self.start, self.end)


def table(model: type[Base]) -> Table:
    """Give the table of a model, for statements that make no objects."""
    found = model.__table__
    assert isinstance(found, Table)
    return found


def octets(column: Column[bytes]) -> Label[Any]:
    """Read a column of bytes as the driver gives it, which for millions of values is worth it."""
    return type_coerce(column, NullType()).label(column.name)


ENTRY, DETAIL, ERASURE, NODE = map(table, (LogEntry, LogDetail, LogErasure, LogNode))


def size(connection: Connection) -> int:
    """Give the place after the last entry that is stored."""
    last: int | None = connection.execute(select(func.max(ENTRY.c.n))).scalar_one()
    return 0 if last is None else max(0, last + 1)


def next_place(connection: Connection, start: int) -> int:
    """Give the first place from `start` on that is stored; there is one."""
    found: int = connection.execute(
        select(func.min(ENTRY.c.n)).where(ENTRY.c.n >= start)
    ).scalar_one()
    return found


def batch(connection: Connection, start: int, end: int) -> Batch:
    """Read all that is stored about the places of a batch."""
    entries = {
        row[0]: row
        for row in connection.execute(
            select(
                *(ENTRY.c[name] for name in ("n", "at", "chain", "cn", "action")),
                octets(ENTRY.c.leaf),
                octets(ENTRY.c.body),
            ).where(ENTRY.c.n >= start, ENTRY.c.n < end)
        ).all()
    }
    details: dict[int, list[Detail]] = {}
    # At once: row by row the driver takes as long as all the hashing.
    for row in connection.execute(
        select(DETAIL.c.n, DETAIL.c.name, octets(DETAIL.c.salt), octets(DETAIL.c.value)).where(
            DETAIL.c.n >= start, DETAIL.c.n < end
        )
    ).all():
        details.setdefault(row[0], []).append(row)
    erased: dict[int, dict[str, int]] = {}
    for n, name, entry_n in connection.execute(
        select(ERASURE.c.n, ERASURE.c.name, ERASURE.c.entry_n).where(
            ERASURE.c.n >= start, ERASURE.c.n < end
        )
    ):
        erased.setdefault(n, {})[name] = entry_n
    return Batch(start, end, entries, details, erased, _nodes(connection, start, end))


def _nodes(connection: Connection, start: int, end: int) -> Mapping[int, Mapping[int, bytes]]:
    found = {}
    level = 1
    # Above the batch's own levels there are those nodes that its end completes.
    while (first := start >> level) != (after := end >> level):
        if level > LEVELS and end & ((1 << level) - 1):
            break
        found[level] = nodes(connection, level, max(first, after - BATCH), after)
        level += 1
    return found


def nodes(connection: Connection, level: int, first: int, after: int) -> dict[int, bytes]:
    """Read the hashes of one level, from index `first` up to but not including `after`."""
    found = connection.execute(
        select(NODE.c.index, octets(NODE.c.hash)).where(
            NODE.c.level == level, NODE.c.index >= first, NODE.c.index < after
        )
    )
    return {index: hashed for index, hashed in found.all()}  # noqa: C416  (rows are no pairs)

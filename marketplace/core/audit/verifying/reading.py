"""Reads the stored log in batches of places, as plain rows: a million entries are too many objects.

A batch begins at a multiple of `BATCH`, so that every subtree up to level `LEVELS` lies within one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, Table, func, select

from marketplace.core.audit.models import LogDetail, LogEntry, LogErasure, LogNode
from marketplace.core.database import Base

LEVELS = 12
BATCH = 1 << LEVELS


class Stored(NamedTuple):
    """The row of one entry."""

    n: int
    at: datetime
    chain: str
    cn: int
    action: str
    leaf: bytes
    body: bytes


class Detail(NamedTuple):
    """The row of one field."""

    name: str
    salt: bytes
    value: bytes


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
        row[0]: Stored(*row)
        for row in connection.execute(
            select(*(ENTRY.c[name] for name in Stored._fields)).where(
                ENTRY.c.n >= start, ENTRY.c.n < end
            )
        )
    }
    details: dict[int, list[Detail]] = {}
    for n, *field in connection.execute(
        select(DETAIL.c.n, DETAIL.c.name, DETAIL.c.salt, DETAIL.c.value).where(
            DETAIL.c.n >= start, DETAIL.c.n < end
        )
    ):
        details.setdefault(n, []).append(Detail(*field))
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
        select(NODE.c.index, NODE.c.hash).where(
            NODE.c.level == level, NODE.c.index >= first, NODE.c.index < after
        )
    )
    return {row[0]: row[1] for row in found}

"""Checks what must agree with the entries as a whole: the head, and rows that belong to none."""

from collections.abc import Iterator
from datetime import datetime
from itertools import zip_longest

from sqlalchemy import Connection, or_, select

from marketplace.core.audit import log
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.models import LogHead
from marketplace.core.audit.verifying.reading import DETAIL, ENTRY, NODE, table
from marketplace.core.audit.verifying.subtrees import Subtrees
from marketplace.core.text import N_

_WHERE = "head"


def head(
    connection: Connection, size: int, last_at: datetime | None, subtrees: Subtrees
) -> Iterator[Finding]:
    """Check the row that gives out places against the entries: size, instant and frontier."""
    held = connection.execute(select(table(LogHead))).one_or_none()
    if held is None:
        if size:
            yield failed(N_("The log has entries, and no head"), _WHERE)
        return
    if held.size != size:
        yield failed(
            N_("It counts %(counted)s entries; the last that is stored is entry %(last)s"),
            _WHERE,
            counted=held.size,
            last=size - 1,
        )
    if held.last_at != last_at:
        yield failed(
            N_("It says that the last entry is of %(said)s; that is of %(found)s"),
            _WHERE,
            said=held.last_at,
            found=last_at,
        )
    frontier = subtrees.frontier()
    if frontier is not None and any(
        known is None or hashed not in known
        for hashed, known in zip_longest(log.split(bytes(held.frontier)), frontier)
    ):
        yield failed(N_("Its frontier is not that of the stored entries"), _WHERE)


def strays(connection: Connection, size: int) -> Iterator[Finding]:
    """Find rows that belong to no place of the log."""
    for (n,) in connection.execute(select(ENTRY.c.n).where(ENTRY.c.n < 0)):
        yield failed(N_("There is no such place in a log"), f"entry {n}")
    for n, name in connection.execute(
        select(DETAIL.c.n, DETAIL.c.name).where(or_(DETAIL.c.n < 0, DETAIL.c.n >= size))
    ):
        yield failed(N_("It belongs to no entry"), f"entry {n}, field {name}")
    top = size.bit_length()
    wrong = [or_(NODE.c.level < 1, NODE.c.level >= top)]
    wrong += [
        (NODE.c.level == level) & or_(NODE.c.index < 0, NODE.c.index >= size >> level)
        for level in range(1, top)
    ]
    for condition in wrong:
        for level, index in connection.execute(select(NODE.c.level, NODE.c.index).where(condition)):
            yield failed(
                N_("It belongs to no complete part of the tree"), f"node {index} at level {level}"
            )

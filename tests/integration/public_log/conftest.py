"""A log of any length, made in bulk, and its checkpoints."""

import os
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, entries, log, tree
from marketplace.core.audit.models import LogCheckpoint, LogDetail, LogEntry, LogNode
from marketplace.core.clock import FixedClock
from marketplace.core.transaction import transaction

Grow = Callable[[int], None]
Sign = Callable[[], LogCheckpoint]


def append_many(session: Session, clock: FixedClock, count: int) -> None:
    """Append entries as the log would, in few statements. The caller is in a transaction."""
    head = log.lock(session)
    frontier = log.split(head.frontier)
    rows, details, nodes = [], [], []
    chain = "CH-BULK"
    before = session.execute(
        sa.select(LogEntry.cn, LogEntry.leaf)
        .where(LogEntry.chain == chain)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    ).one_or_none()
    cn, prev = (before.cn, before.leaf) if before else (0, None)
    for place in range(head.size, head.size + count):
        salt, value = os.urandom(entries.SALT_BYTES), entries.value_bytes(None)
        cn += 1
        body = entries.write(
            entries.Entry(
                n=place,
                at=clock.now(),
                action="bid.submitted",
                chain=chain,
                cn=cn,
                prev=prev,
                fields={"actor": entries.field_digest(salt, value)},
            )
        )
        prev = tree.leaf_hash(body)
        rows.append(
            {
                "n": place,
                "at": clock.now(),
                "chain": chain,
                "cn": cn,
                "action": "bid.submitted",
                "leaf": prev,
                "body": body,
            }
        )
        details.append({"n": place, "name": "actor", "salt": salt, "value": value})
        frontier, complete = tree.grow(frontier, place, prev)
        nodes += [
            {"level": level, "index": index, "hash": found}
            for (level, index), found in complete.items()
            if level
        ]
    session.execute(sa.insert(LogEntry), rows)
    session.execute(sa.insert(LogDetail), details)
    if nodes:
        session.execute(sa.insert(LogNode), nodes)
    head.size += count
    head.frontier = b"".join(frontier)
    head.last_at = clock.now()


def sign_log(clock: FixedClock) -> LogCheckpoint:
    """Sign a checkpoint over all that is there, with the key that the settings name."""
    with transaction() as session:
        made = checkpoints.make(session, clock=clock)
        assert made is not None
        session.flush()
        session.refresh(made)
        session.expunge_all()
    return made


@pytest.fixture
def grow(session: Session, clock: FixedClock) -> Grow:
    """Give a way to make the log longer."""

    def more(count: int) -> None:
        with transaction() as writing:
            append_many(writing, clock, count)

    return more


@pytest.fixture
def sign(session: Session, clock: FixedClock) -> Sign:
    """Give a way to sign a checkpoint; the first names the key, which is one more entry."""
    return lambda: sign_log(clock)

"""Reads what proves one chain up to an entry of it: the entries, their proofs, and who signs.

What a reader may see of it is the caller's to say; here is all that is still held.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, keys, proofs
from marketplace.core.audit.chain_reading import inclusions
from marketplace.core.audit.models import LogCheckpoint, LogEntry, LogStamp
from marketplace.core.audit.receipts import Disclosed
from marketplace.core.clock import Clock


@dataclass(frozen=True)
class Recorded:
    """One entry: its action, its bytes, what is still held of its fields, its inclusion proof."""

    action: str
    place: int
    body: bytes
    fields: Mapping[str, Disclosed]
    proof: Sequence[bytes]


@dataclass(frozen=True)
class Earlier:
    """A checkpoint signed soon after the entry at `place`, and that the last one continues it."""

    place: int
    note: str
    consistency: Sequence[bytes]


@dataclass(frozen=True)
class Evidence:
    """A chain's entries from the first, all covered by `note`, a checkpoint over `size` entries.

    `keys` are the public keys that the log has named, `changes` the notes that lead from each to
    the next, `stamp` the answer of a time-stamping authority about the checkpoint, where it has
    one.
    """

    chain: str
    note: str
    size: int
    entries: Sequence[Recorded]
    earlier: Sequence[Earlier]
    keys: Sequence[str]
    changes: Sequence[str]
    stamp: bytes | None


def covering(session: Session, place: int) -> LogCheckpoint | None:
    """Give the first checkpoint that covers the entry at a place, if one was signed."""
    return session.scalar(
        select(LogCheckpoint)
        .where(LogCheckpoint.size > place)
        .order_by(LogCheckpoint.size)
        .limit(1)
    )


def ensure_covered(session: Session, place: int, *, clock: Clock) -> LogCheckpoint:
    """Give the first checkpoint that covers the entry at a place; sign one where there is none."""
    found = covering(session, place) or checkpoints.make(session, clock=clock)
    assert found is not None  # an entry that no checkpoint covers is something to sign
    return found


def read(
    session: Session, chain: str, most: int, checkpoint: LogCheckpoint, marks: Iterable[str]
) -> Evidence:
    """Read the first `most` entries of a chain, proven in a checkpoint that covers them.

    For each entry whose action is among `marks` the checkpoint that followed it is given too, with
    the proof that the last one continues it: so that nobody can have written history anew between.
    """
    found = session.scalars(
        select(LogEntry).where(LogEntry.chain == chain, LogEntry.cn <= most).order_by(LogEntry.cn)
    ).all()
    proven = inclusions(session, [entry.n for entry in found], checkpoint.size)
    wanted = set(marks)
    stamp = session.get(LogStamp, checkpoint.size)
    return Evidence(
        chain=chain,
        note=checkpoint.note,
        size=checkpoint.size,
        entries=[
            Recorded(
                entry.action,
                entry.n,
                entry.body,
                {
                    detail.name: Disclosed(detail.salt, json.loads(detail.value))
                    for detail in entry.details
                },
                proven[entry.n],
            )
            for entry in found
        ],
        earlier=list(
            _earlier(session, [e.n for e in found if e.action in wanted], checkpoint.size)
        ),
        keys=[str(key) for key in keys.known(session)],
        changes=keys.changes(session),
        stamp=stamp.token if stamp is not None else None,
    )


def _earlier(session: Session, places: Sequence[int], size: int) -> Iterable[Earlier]:
    told: set[int] = set()
    for place in places:
        before = covering(session, place)
        if before is None or before.size >= size or before.size in told:
            continue
        told.add(before.size)
        yield Earlier(place, before.note, proofs.consistency(session, before.size, size))

"""Signs what the log has become: a checkpoint is a root that can no longer be taken back unseen."""

import base64
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import access, jobs
from marketplace.core.audit import keys, log, proofs, tree
from marketplace.core.audit.models import LogCheckpoint, LogHead
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

# The job that has a checkpoint stamped; `marketplace.core.audit.stamping` does it.
STAMP = "log.stamp"


class Forked(Exception):
    """The stored tree does not continue the last checkpoint; signing it would sign two histories.

    The message says where to look.
    """


def make(session: Session, *, clock: Clock) -> LogCheckpoint | None:
    """Sign the log as it is now; give None where nothing was added since the last time.

    Takes the log's lock. The first time the key is named in the log before.

    Raises:
        WrongKey: the key at hand is not the one that the log names.
        Forked: what is stored is not a continuation of the last checkpoint.
    """
    head = log.lock(session)
    last = newest(session)
    if head.size == (last.size if last else 0):
        head.checkpoint_due = None
        return None
    # Naming the key must not ask for another checkpoint: this one covers it.
    head.checkpoint_due = log.recorded_instant(head, clock)
    key = keys.name_first(session, clock)
    root = tree.root_of(log.split(head.frontier))
    _refuse_fork(session, head, last, root)
    made = LogCheckpoint(
        size=head.size,
        at=log.recorded_instant(head, clock),
        root=root,
        note=key.sign(text(key.name, head.size, root)),
    )
    session.add(made)
    head.checkpoint_due = None
    if access.current_settings().timestamp_url:
        jobs.enqueue(session, STAMP, clock=clock, size=made.size)
    session.flush()
    return made


def text(origin: str, size: int, root: bytes) -> str:
    """Write what a checkpoint signs. Source: c2sp.org/tlog-checkpoint."""
    return f"{origin}\n{size}\n{base64.b64encode(root).decode()}\n"


def newest(session: Session, most: int | None = None) -> LogCheckpoint | None:
    """Give the last checkpoint, or the last over at most so many entries."""
    query = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(1)
    return session.scalar(query if most is None else query.where(LogCheckpoint.size <= most))


def of_size(session: Session, size: int) -> LogCheckpoint | None:
    """Give the checkpoint over the first `size` entries, where one was made."""
    return session.get(LogCheckpoint, size)


def _refuse_fork(session: Session, head: LogHead, last: LogCheckpoint | None, root: bytes) -> None:
    """Compare the tree with what was signed last: with few hashes, whatever the log's size."""
    if last is None:
        return
    try:
        proof = proofs.consistency(session, last.size, head.size)
    except (KeyError, ValueError) as damage:
        raise Forked(f"the log does not continue its checkpoint {last.size}: {damage}") from damage
    if not tree.extends(last.size, head.size, proof, last.root, root):
        raise Forked(
            f"the log of {head.size} entries does not continue its checkpoint {last.size};"
            " run: marketplace log verify"
        )


@jobs.handles(log.CHECKPOINT)
def _sign(_payload: dict[str, Any], clock: Clock) -> None:
    with transaction() as session:
        make(session, clock=clock)

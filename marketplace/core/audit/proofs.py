"""Reads the stored tree: roots and proofs of any size that the log has had."""

from collections.abc import Mapping, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from marketplace.core.audit import tree
from marketplace.core.audit.models import LogEntry, LogNode


def root(session: Session, size: int) -> bytes:
    """Compute the root over the first `size` entries, at most as many as there are."""
    return tree.root_at(size, lambda nodes: read(session, nodes))


def inclusion(session: Session, place: int, size: int) -> list[bytes]:
    """Prove that the entry at `place` is among the first `size`.

    Raises:
        ValueError: `place` is not below `size`.
    """
    return tree.inclusion(place, size, lambda nodes: read(session, nodes))


def consistency(session: Session, old: int, new: int) -> list[bytes]:
    """Prove that the log of `old` entries is the beginning of that of `new` entries.

    Raises:
        ValueError: `old` is greater than `new`, or negative.
    """
    return tree.consistency(old, new, lambda nodes: read(session, nodes))


def read(session: Session, nodes: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
    """Read the hashes of complete subtrees, in at most two statements.

    Raises:
        KeyError: one is not stored: the log is shorter than was asked for, or damaged.
    """
    leaves = [index for level, index in nodes if level == 0]
    above = [node for node in nodes if node[0] > 0]
    found: dict[tree.Node, bytes] = {}
    if leaves:
        for place, leaf in session.execute(
            select(LogEntry.n, LogEntry.leaf).where(LogEntry.n.in_(leaves))
        ):
            found[0, place] = leaf
    if above:
        # Not `(level, index) IN (…)`: SQLite would read the whole table for that.
        levels: dict[int, list[int]] = {}
        for level, index in above:
            levels.setdefault(level, []).append(index)
        wanted = [
            and_(LogNode.level == level, LogNode.index.in_(indexes))
            for level, indexes in levels.items()
        ]
        for level, index, hashed in session.execute(
            select(LogNode.level, LogNode.index, LogNode.hash).where(or_(*wanted))
        ):
            found[level, index] = hashed
    for node in nodes:
        if node not in found:
            raise KeyError(f"the node at level {node[0]}, index {node[1]} is not stored")
    return found

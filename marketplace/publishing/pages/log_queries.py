"""Reads for the public pages of the log: what the newest checkpoint covers, and nothing besides."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints, proofs
from marketplace.core.audit.models import LogCheckpoint
from marketplace.core.audit.tiles import Tile
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.text import N_

PAGE = 50


@dataclass(frozen=True)
class CheckpointList:
    """One page of checkpoints, the newest first; `before` begins the next, null at the end."""

    rows: Sequence[LogCheckpoint]
    before: int | None


def covered(session: Session) -> int:
    """Give the size of the newest checkpoint: how much of the log is public; 0 before the first."""
    newest = checkpoints.newest(session)
    return newest.size if newest else 0


def listed(session: Session, before: int | None) -> CheckpointList:
    """Read checkpoints, newest first, from below the size `before`."""
    query = select(LogCheckpoint).order_by(LogCheckpoint.size.desc()).limit(PAGE + 1)
    if before is not None:
        query = query.where(LogCheckpoint.size < before)
    rows = session.scalars(query).all()
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return CheckpointList(rows, rows[-1].size if more else None)


def newest(session: Session) -> LogCheckpoint:
    """Read the newest checkpoint.

    Raises:
        NotFound: none has been signed yet.
    """
    found = checkpoints.newest(session)
    if found is None:
        raise NotFound(N_("No checkpoint has been signed yet."))
    return found


def checkpoint(session: Session, size: int) -> LogCheckpoint:
    """Read the checkpoint over the first `size` entries.

    Raises:
        NotFound: none was signed at that size.
    """
    found = checkpoints.of_size(session, size)
    if found is None:
        raise NotFound(
            N_("No checkpoint was signed over %(size)s entries. /log/checkpoints lists all."),
            size=size,
        )
    return found


def tile(session: Session, wanted: Tile) -> bytes:
    """Read the hashes of a tile, one after another.

    Raises:
        NotFound: the newest checkpoint does not cover all of it.
    """
    _ensure_covered(session, wanted.covers)
    found = proofs.read(session, wanted.nodes)
    return b"".join(found[node] for node in wanted.nodes)


def inclusion(session: Session, place: int, size: int) -> list[bytes]:
    """Prove that the entry at `place` is among the first `size`.

    Raises:
        NotFound: the newest checkpoint does not cover `size`.
        Invalid: `place` is not below `size`.
    """
    if place >= size:
        raise Invalid(
            N_(
                "Place %(place)s is not in a log of %(size)s entries: places count from 0, so it"
                " must be less than the size."
            ),
            place=place,
            size=size,
        )
    _ensure_covered(session, size)
    return proofs.inclusion(session, place, size)


def consistency(session: Session, old: int, new: int) -> list[bytes]:
    """Prove that the log of `old` entries is the beginning of that of `new` entries.

    Raises:
        NotFound: the newest checkpoint does not cover `new`.
        Invalid: `old` is greater than `new`.
    """
    if old > new:
        raise Invalid(
            N_("A log of %(old)s entries does not come before one of %(new)s."), old=old, new=new
        )
    _ensure_covered(session, new)
    return proofs.consistency(session, old, new)


def _ensure_covered(session: Session, size: int) -> None:
    """Keep back what is not signed yet, so that nobody can watch the log grow."""
    public = covered(session)
    if size > public:
        raise NotFound(
            N_("The newest checkpoint covers %(public)s entries; this asks for %(size)s."),
            public=public,
            size=size,
        )

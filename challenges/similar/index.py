"""Finds the challenges whose vectors point nearly where another one points, among very many.

Each process keeps one bit of each part of a vector, 48 bytes a challenge: 100,000 of them are 5 MB
and are compared within a few milliseconds. Bits only choose candidates, which the caller measures
exactly, by the vectors in the database. Among fewer challenges than candidates nothing is left to
the bits.
"""

import threading
import uuid
import weakref
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import Session

from challenges.similar.models import ChallengeVector

# So many candidates hold all of the nearest five in nearly every case (measured by the bench).
CANDIDATES = 200
# The middle of fewer vectors says little about what all texts have in common.
FEWEST_FOR_MIDDLE = 20
_CHUNK = 5_000

_lock = threading.Lock()
_kept: "weakref.WeakKeyDictionary[Engine, dict[str, Index]]" = weakref.WeakKeyDictionary()


@dataclass(frozen=True, eq=False)
class Index:
    """The vectors of one model, as bits around their middle. Never changed once made: whoever
    holds one goes on with it while another thread puts a newer one in its place.

    All texts here are about public problems, so all vectors lean the same way. What they have in
    common tells nothing; without it the differences show, and the signs of what is left are bits
    worth having.

    `last` is the number of the newest vector seen, of any model; `loaded` is how many vectors the
    middle was made of.
    """

    model: str
    last: int = 0
    loaded: int = 0
    middle: Any = None
    ids: Any = ()
    bits: Any = None

    @property
    def count(self) -> int:
        """How many vectors there are."""
        return len(self.ids)

    def refreshed(self, session: Session) -> "Index":
        """Give an index with what was made since; begun anew where much was, or where numbers
        went back."""
        last = session.scalar(select(func.max(ChallengeVector.number))) or 0
        if last == self.last:
            return self
        if last < self.last or self.count > self.loaded * 1.25 + FEWEST_FOR_MIDDLE:
            return Index(self.model)._with_newer(session.connection(), last)
        return self._with_newer(session.connection(), last)

    def nearest(self, vector: Any, most: int = CANDIDATES) -> list[uuid.UUID]:
        """Give the challenges nearest to a vector by its bits, in no order."""
        import numpy

        if self.count == 0:
            return []
        chosen = self.ids
        if self.count > most:
            apart = numpy.bitwise_count(self.bits ^ _bits(self.centred(vector[None])))
            sums = apart.sum(axis=1, dtype=numpy.uint16)
            chosen = self.ids[numpy.argpartition(sums, most - 1)[:most]]
        return [uuid.UUID(bytes=each.tobytes()) for each in chosen]

    def likeness(self, vector: Any, others: Any) -> list[float]:
        """Give the cosines between a vector and each row of others, measured from the middle."""
        import numpy

        here, there = self.centred(vector[None])[0], self.centred(others)
        lengths = numpy.linalg.norm(there, axis=1) * numpy.linalg.norm(here)
        # A text that is the middle itself is like nothing in particular.
        return [float(each) for each in there @ here / numpy.maximum(lengths, 1e-6)]

    def centred(self, vectors: Any) -> Any:
        """Give rows of length 1 without what they all have in common."""
        even = _even(vectors)
        return even if self.middle is None else even - self.middle

    def _with_newer(self, connection: Connection, last: int) -> "Index":
        import numpy

        query = (
            select(ChallengeVector.challenge_id, ChallengeVector.vector, ChallengeVector.number)
            .where(ChallengeVector.model == self.model, ChallengeVector.number > self.last)
            .order_by(ChallengeVector.number)
        )
        ids, rows = [], []
        for challenge_id, vector, number in connection.execute(query):
            ids.append(challenge_id.bytes)
            rows.append(vector)
            last = max(last, number)
        if not ids:
            return replace(self, last=last)
        new = numpy.frombuffer(b"".join(rows), numpy.int8).reshape(len(rows), -1)
        keys = numpy.frombuffer(b"".join(ids), "V16")
        if self.count == 0:
            middle = _middle(new) if len(ids) >= FEWEST_FOR_MIDDLE else None
            begun = Index(self.model, last, len(ids), middle, keys)
            return replace(begun, bits=begun._bits_of(new))
        # A challenge that was read anew stands here twice: it is a candidate by either.
        return replace(
            self,
            last=last,
            ids=numpy.concatenate([self.ids, keys]),
            bits=numpy.concatenate([self.bits, self._bits_of(new)]),
        )

    def _bits_of(self, vectors: Any) -> Any:
        import numpy

        return numpy.concatenate(
            [
                _bits(self.centred(vectors[at : at + _CHUNK]))
                for at in range(0, len(vectors), _CHUNK)
            ]
        )


def current(session: Session, model: str) -> Index:
    """Give this process's index of a model's vectors, brought up to date.

    One thread at a time brings it up to date; those that hold an older one are not disturbed.
    """
    engine = session.get_bind()
    engine = engine.engine if isinstance(engine, Connection) else engine
    with _lock:
        kept = _kept.setdefault(engine, {})
        index = kept[model] = kept.get(model, Index(model)).refreshed(session)
        return index


def read(vectors: Sequence[bytes]) -> Any:
    """Give stored vectors as rows of numbers."""
    import numpy

    return numpy.frombuffer(b"".join(vectors), numpy.int8).reshape(len(vectors), -1)


def _even(vectors: Any) -> Any:
    """Give rows of length 1."""
    import numpy

    floats = vectors.astype(numpy.float32)
    return floats / numpy.linalg.norm(floats, axis=1, keepdims=True)


def _middle(vectors: Any) -> Any:
    import numpy

    total = numpy.zeros(vectors.shape[1], numpy.float64)
    for at in range(0, len(vectors), _CHUNK):
        total += _even(vectors[at : at + _CHUNK]).sum(axis=0, dtype=numpy.float64)
    return (total / len(vectors)).astype(numpy.float32)


def _bits(centred: Any) -> Any:
    """Pack the signs of each row into whole numbers of 64 bits."""
    import numpy

    packed = numpy.packbits(centred > 0, axis=1)
    short = -packed.shape[1] % 8
    return numpy.pad(packed, ((0, 0), (0, short))).view(numpy.uint64)

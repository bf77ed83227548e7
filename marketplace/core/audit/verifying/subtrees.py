"""Checks the stored hashes of the tree, and gives the roots of the sizes on the way.

A node is compared with what the hashes below it make. Where one of those is stored otherwise than
it was computed, either may be the damaged one, and the node above tells which: so each damage is
reported once, where it is, and not at all the nodes above it.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from marketplace.core.audit import tree
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.reading import LEVELS, Batch
from marketplace.core.text import N_

# What the hash at one node may be: one hash; two where damage leaves it open; none where an entry
# is missing.
Known = tuple[bytes, ...]
# More ways than damage in a few places can leave open are not tried.
_MOST_WAYS = 64


class Subtrees:
    """Grows the tree batch by batch, of which only the last is held."""

    def __init__(self) -> None:
        self._start = 0
        self._end = 0
        self._levels: list[list[Known]] = []
        # The frontier of the whole batches before the last, and that with the last among them.
        self._before: list[Known] = []
        self._whole: list[Known] = []
        self._lost = False

    def lose(self) -> None:
        """Give up all roots: so many entries are missing that none can be computed."""
        self._lost = True

    def add(self, batch: Batch, made: Sequence[bytes | None]) -> Iterator[Finding]:
        """Add the leaves of a batch: the hashes of the bytes that are stored, None for no bytes."""
        self._start, self._end, self._before = batch.start, batch.end, self._whole
        below = [
            _known(hashed, entry.leaf if (entry := batch.entries.get(place)) else None)
            for place, hashed in zip(batch.places, made, strict=True)
        ]
        self._levels = [below]
        for level in range(1, LEVELS + 1):
            if len(below) < 2:
                break
            held, first, above = batch.nodes[level], batch.start >> level, []
            for offset in range(len(below) // 2):
                index = first + offset
                found = held.get(index)
                sound, known = _node(below[2 * offset], below[2 * offset + 1], found)
                if not sound:
                    yield _damage(level, index, found)
                above.append(known)
            self._levels.append(above)
            below = above
        if len(self._levels) > LEVELS and not self._lost:
            yield from self._above(batch, below[0])

    def _above(self, batch: Batch, known: Known) -> Iterator[Finding]:
        """Put a whole batch among the others, and check the nodes that it completes."""
        level, index = LEVELS, batch.start >> LEVELS
        self._whole = list(self._before)
        while index & 1:
            level, index = level + 1, index >> 1
            held = batch.nodes[level].get(index)
            sound, known = _node(self._whole.pop(), known, held)
            if not sound:
                yield _damage(level, index, held)
        self._whole.append(known)

    def frontier(self, size: int | None = None) -> list[Known] | None:
        """Give what the first `size` leaves, or all, are made of; `size` lies in the last batch.

        None where it cannot be told, because entries are missing.
        """
        if self._lost:
            return None
        nodes = tree.frontier_nodes((self._end if size is None else size) - self._start)
        found = [*self._before, *(self._levels[level][index] for level, index in nodes)]
        return found if all(found) else None

    def roots(self, size: int) -> set[bytes] | None:
        """Give the roots that `size` leaves may have, as `frontier`: one where all is sound."""
        found = self.frontier(size)
        if found is None:
            return None
        ways = 1
        for known in found:
            ways *= len(known)
        if ways > _MOST_WAYS:
            found = [known[:1] for known in found]
        return {tree.root_of(way) for way in product(*found)}


def _known(made: bytes | None, held: bytes | None) -> Known:
    if made == held:
        return () if made is None else (made,)
    # What SQLite let into the column and is no hash was never one that others were made of.
    return tuple(found for found in (made, held) if isinstance(found, bytes))


def _node(left: Known, right: Known, held: bytes | None) -> tuple[bool, Known]:
    """Tell whether a stored node is what those below it make, and what its hash may be."""
    if not left or not right:
        return True, _known(None, held)
    made = tree.node_hash(left[0], right[0])
    if held == made:
        return True, (made,)
    if held is not None and held in {tree.node_hash(*way) for way in product(left, right)}:
        return True, (held,)
    return False, _known(made, held)


def _damage(level: int, index: int, held: bytes | None) -> Finding:
    first, last = index << level, ((index + 1) << level) - 1
    what = (
        N_("The stored hash of the tree is missing")
        if held is None
        else N_("The stored hash of the tree is not that of the hashes below it")
    )
    return failed(what, f"node {index} at level {level} (entries {first} to {last})")

"""The Merkle tree over the log's entries: hashes, the frontier, proofs and their checks. Pure.

Leaves are counted from 0. A *node* is `(level, index)`: the root of the perfect subtree over the
leaves `index * 2**level` up to but not including `(index + 1) * 2**level`; level 0 are the leaves.
Hashes are 32 bytes.

Source: RFC 6962, section 2.1; the checks of proofs are those of RFC 9162, sections 2.1.3.2 and
2.1.4.2.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence

Node = tuple[int, int]

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(entry: bytes) -> bytes:
    """Hash the bytes of an entry as a leaf."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees that stand side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def grow(
    frontier: Sequence[bytes], size: int, leaf: bytes
) -> tuple[list[bytes], dict[Node, bytes]]:
    """Add one leaf to a tree of `size` leaves of which only the frontier is known.

    The frontier holds the hashes of the perfect subtrees that the tree is made of, widest first:
    one for each bit that is set in `size`. Gives the frontier of the tree with `size + 1` leaves,
    and every node that is complete now, the leaf first.
    """
    grown = list(frontier)
    level, index, found = 0, size, leaf
    complete = {(0, size): leaf}
    while index & 1:
        found = node_hash(grown.pop(), found)
        level, index = level + 1, index >> 1
        complete[level, index] = found
    return [*grown, found], complete


def root_of(frontier: Sequence[bytes]) -> bytes:
    """Give the root of the tree that a frontier, widest subtree first, stands for."""
    if not frontier:
        return EMPTY_ROOT
    root = frontier[-1]
    for left in reversed(frontier[:-1]):
        root = node_hash(left, root)
    return root


def frontier_nodes(size: int) -> list[Node]:
    """Name the perfect subtrees that a tree of `size` leaves is made of, widest first."""
    return _covering(0, size)


def root_at(size: int, read: Callable[[Sequence[Node]], Mapping[Node, bytes]]) -> bytes:
    """Compute the root of the first `size` leaves from stored nodes, which `read` gives."""
    nodes = frontier_nodes(size)
    found = read(nodes)
    return root_of([found[node] for node in nodes])


def inclusion(
    place: int, size: int, read: Callable[[Sequence[Node]], Mapping[Node, bytes]]
) -> list[bytes]:
    """Prove that the leaf at `place` is in the tree of `size` leaves: siblings, leaf to root.

    Raises:
        ValueError: `place` is not in a tree of that size.
    """
    if not 0 <= place < size:
        raise ValueError(f"place {place} is not in a tree of {size} leaves")
    return _prove(_inclusion_spans(place, 0, size), read)


def consistency(
    old: int, new: int, read: Callable[[Sequence[Node]], Mapping[Node, bytes]]
) -> list[bytes]:
    """Prove that the tree of `old` leaves is the beginning of that of `new` leaves.

    The proof is empty where `old` is 0 or equals `new`: then there is nothing to prove.

    Raises:
        ValueError: `old` is greater than `new`, or negative.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves does not come before one of {new}")
    if old in (0, new):
        return []
    return _prove(_consistency_spans(old, 0, new, True), read)


def includes(leaf: bytes, place: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check that `leaf` is at `place` in the tree of `size` leaves with this root."""
    if not 0 <= place < size:
        return False
    index, last, found = place, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node_hash(step, found)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, step)
        index, last = index >> 1, last >> 1
    return last == 0 and found == root


def extends(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Check that the tree of `old` leaves is the beginning of that of `new` leaves."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    if old == 0:
        return not proof and old_root == EMPTY_ROOT
    index, last = old - 1, new - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    steps = list(proof)
    if old & (old - 1):
        if not steps:
            return False
        start = steps.pop(0)
    else:
        start = old_root
    first = second = start
    for step in steps:
        if last == 0:
            return False
        if index & 1 or index == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            second = node_hash(second, step)
        index, last = index >> 1, last >> 1
    return last == 0 and first == old_root and second == new_root


def _prove(
    spans: Sequence[tuple[int, int]], read: Callable[[Sequence[Node]], Mapping[Node, bytes]]
) -> list[bytes]:
    """Compute the roots of spans of leaves, having read all that they are made of at once."""
    made_of = [_covering(start, end) for start, end in spans]
    found = read([node for nodes in made_of for node in nodes])
    return [root_of([found[node] for node in nodes]) for nodes in made_of]


def _inclusion_spans(place: int, start: int, end: int) -> list[tuple[int, int]]:
    """Name the siblings on the way from a leaf to the root, as spans of leaves: PATH(m, D[n])."""
    if end - start == 1:
        return []
    middle = start + _half(end - start)
    if place < middle:
        return [*_inclusion_spans(place, start, middle), (middle, end)]
    return [*_inclusion_spans(place, middle, end), (start, middle)]


def _consistency_spans(old: int, start: int, end: int, whole: bool) -> list[tuple[int, int]]:
    """Name the subtrees of a consistency proof, as spans of leaves: SUBPROOF(m, D[n], b)."""
    if old == end - start:
        return [] if whole else [(start, end)]
    half = _half(end - start)
    if old <= half:
        return [*_consistency_spans(old, start, start + half, whole), (start + half, end)]
    return [*_consistency_spans(old - half, start + half, end, False), (start, start + half)]


def _covering(start: int, end: int) -> list[Node]:
    """Name the widest perfect subtrees that together cover a span that begins at one's edge."""
    nodes = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        nodes.append((level, start >> level))
        start += 1 << level
    return nodes


def _half(size: int) -> int:
    """Give the greatest power of two below `size`, which is at least 2."""
    return 1 << ((size - 1).bit_length() - 1)

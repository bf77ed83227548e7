"""The Merkle tree against published vectors, against its own definition, and against forgers."""

import base64
import hashlib
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.audit import tree

# The leaves of RFC 6962's own test data, which other logs' libraries test with too.
LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# Place, size, and the published inclusion proof.
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


class Stored:
    """A tree that was grown leaf by leaf, with every complete node kept, as the log keeps it."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = [tree.leaf_hash(leaf) for leaf in leaves]
        self.nodes: dict[tree.Node, bytes] = {}
        self.frontiers: list[list[bytes]] = [[]]
        for size, leaf in enumerate(self.leaves):
            frontier, complete = tree.grow(self.frontiers[-1], size, leaf)
            self.frontiers.append(frontier)
            self.nodes |= complete

    def read(self, nodes: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        return {node: self.nodes[node] for node in nodes}

    def root(self, size: int) -> bytes:
        return tree.root_of(self.frontiers[size])

    def inclusion(self, place: int, size: int) -> list[bytes]:
        return tree.inclusion(place, size, self.read)

    def consistency(self, old: int, new: int) -> list[bytes]:
        return tree.consistency(old, new, self.read)


PUBLISHED = Stored(LEAVES)
LARGEST = 300
GROWN = Stored([number.to_bytes(2, "big") for number in range(LARGEST)])


def defined(leaves: Sequence[bytes]) -> bytes:
    """Compute a root as RFC 6962, section 2.1, defines it, with no cleverness."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    both = b"\x01" + defined(leaves[:half]) + defined(leaves[half:])
    return hashlib.sha256(both).digest()


def test_root_of_no_leaves_is_that_of_the_standard() -> None:
    assert tree.root_of([]).hex() == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert base64.b64encode(tree.EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="


def test_roots_of_one_to_eight_leaves_are_the_published_ones() -> None:
    assert [PUBLISHED.root(size).hex() for size in range(1, 9)] == ROOTS


@pytest.mark.parametrize(("place", "size", "proof"), INCLUSION)
def test_inclusion_proof_is_the_published_one(place: int, size: int, proof: list[str]) -> None:
    assert [step.hex() for step in PUBLISHED.inclusion(place, size)] == proof


@pytest.mark.parametrize(("old", "new", "proof"), CONSISTENCY)
def test_consistency_proof_is_the_published_one(old: int, new: int, proof: list[str]) -> None:
    assert [step.hex() for step in PUBLISHED.consistency(old, new)] == proof


def test_root_of_every_size_is_as_defined_from_frontier_and_from_nodes() -> None:
    assert GROWN.root(0) == tree.EMPTY_ROOT
    for size in range(1, LARGEST + 1):
        expected = defined(GROWN.leaves[:size])
        assert GROWN.root(size) == expected
        assert tree.root_at(size, GROWN.read) == expected


def test_every_inclusion_proof_up_to_64_leaves_checks() -> None:
    for size in range(1, 65):
        for place in range(size):
            proof = GROWN.inclusion(place, size)
            assert tree.includes(GROWN.leaves[place], place, size, proof, GROWN.root(size))


def test_every_consistency_proof_up_to_64_leaves_checks() -> None:
    for new in range(65):
        for old in range(new + 1):
            proof = GROWN.consistency(old, new)
            assert tree.extends(old, new, proof, GROWN.root(old), GROWN.root(new))


sizes = st.integers(0, LARGEST)
pairs = st.tuples(sizes, sizes).map(lambda pair: (min(pair), max(pair)))
within = st.integers(1, LARGEST).flatmap(
    lambda size: st.tuples(st.integers(0, size - 1), st.just(size))
)


def altered(draw: st.DataObject, proof: list[bytes]) -> list[bytes]:
    """Alter a proof: another bit, a step more or less, or two steps exchanged."""
    ways = ["longer", *(["bit", "shorter"] if proof else [])]
    ways += ["exchanged"] if len(proof) > 1 else []
    way = draw.draw(st.sampled_from(ways))
    at = draw.draw(st.integers(0, max(0, len(proof) - 1)))
    if way == "longer":
        return [*proof[:at], draw.draw(st.sampled_from([b"\0" * 32, *proof])), *proof[at:]]
    if way == "shorter":
        return proof[:at] + proof[at + 1 :]
    if way == "exchanged":
        other = (at + 1) % len(proof)
        swapped = list(proof)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        return swapped
    bit = draw.draw(st.integers(0, 255))
    changed = bytearray(proof[at])
    changed[bit // 8] ^= 1 << bit % 8
    return [*proof[:at], bytes(changed), *proof[at + 1 :]]


@settings(max_examples=300, deadline=None)
@given(within, st.data())
def test_inclusion_proof_checks_for_its_leaf_place_size_and_root_alone(
    where: tuple[int, int], data: st.DataObject
) -> None:
    place, size = where
    proof, leaf, root = GROWN.inclusion(place, size), GROWN.leaves[place], GROWN.root(size)
    assert tree.includes(leaf, place, size, proof, root)

    for other in {place - 1, place + 1, data.draw(st.integers(0, size - 1))} - {place}:
        assert not tree.includes(leaf, other, size, proof, root)
    assert not tree.includes(GROWN.leaves[(place + 1) % LARGEST], place, size, proof, root)
    assert not tree.includes(leaf, place, size, proof, GROWN.root(size - 1))
    changed = altered(data, proof)
    assert changed == proof or not tree.includes(leaf, place, size, changed, root)


@settings(max_examples=300, deadline=None)
@given(pairs, st.data())
def test_consistency_proof_checks_for_its_sizes_and_roots_alone(
    between: tuple[int, int], data: st.DataObject
) -> None:
    old, new = between
    proof, first, second = GROWN.consistency(old, new), GROWN.root(old), GROWN.root(new)
    assert tree.extends(old, new, proof, first, second)

    changed = altered(data, proof)
    assert changed == proof or not tree.extends(old, new, changed, first, second)
    assert not tree.extends(new + 1, new, proof, first, second)
    if old:
        # Every root that is not the one of this size; nothing is claimed of a tree of no leaves.
        assert not tree.extends(old, new, proof, GROWN.root(old - 1), second)
        assert not tree.extends(old, new, proof, first, GROWN.root(old - 1))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=40), max_size=40), st.lists(st.binary(max_size=40), max_size=9))
def test_tree_of_any_leaves_continues_its_beginning(leaves: list[bytes], more: list[bytes]) -> None:
    grown = Stored([*leaves, *more])
    old, new = len(leaves), len(leaves) + len(more)
    assert grown.root(old) == Stored(leaves).root(old)
    proof = grown.consistency(old, new)
    assert tree.extends(old, new, proof, grown.root(old), grown.root(new))


def test_history_that_was_changed_has_no_proof_with_the_same_steps() -> None:
    forged = Stored([b"another", *(number.to_bytes(2, "big") for number in range(1, LARGEST))])
    for old in (1, 2, 7, 64, 255, 299):
        proof = forged.consistency(old, LARGEST)
        assert not tree.extends(old, LARGEST, proof, GROWN.root(old), forged.root(LARGEST))


@pytest.mark.parametrize(("place", "size"), [(0, 0), (-1, 3), (3, 3), (4, 3)])
def test_proof_of_a_leaf_that_is_not_there_is_refused(place: int, size: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        GROWN.inclusion(place, size)
    assert not tree.includes(GROWN.leaves[0], place, size, [], GROWN.root(1))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 3)])
def test_proof_that_a_tree_grew_smaller_is_refused(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="does not come before"):
        GROWN.consistency(old, new)
    assert not tree.extends(old, new, [], GROWN.root(1), GROWN.root(1))


def test_leaf_cannot_pass_for_a_node_nor_a_node_for_a_leaf() -> None:
    left, right = GROWN.leaves[:2]
    assert tree.leaf_hash(left + right) != tree.node_hash(left, right)


def test_proof_of_no_leaves_or_of_the_same_size_is_empty_and_nothing_more_passes() -> None:
    root = GROWN.root(7)
    assert tree.extends(0, 7, [], tree.EMPTY_ROOT, root)
    assert not tree.extends(0, 7, [], root, root)
    assert not tree.extends(0, 7, [root], tree.EMPTY_ROOT, root)
    assert not tree.extends(7, 7, [root], root, root)
    assert not tree.extends(7, 7, [], GROWN.root(6), root)
    assert not tree.extends(3, 7, [], GROWN.root(3), root)

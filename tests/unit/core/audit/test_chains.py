"""A chain's file: whatever is changed in it is found and placed, and no more is claimed."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from marketplace.core.audit import chains, entries, signing, tree
from marketplace.core.audit.chains import Chain, DamagedChain, Link
from marketplace.core.audit.findings import Finding, Status
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.receipts import Disclosed
from scoring.engine.canonical import canonical

SIGNER = signing.Signer("market.example/log", bytes([7]) * 32)
START = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
# Every other entry of this log is another chain's.
COUNT = 5
SALT = bytes([3]) * 32


def a_log(hidden: Mapping[int, str] | None = None) -> Chain:
    """Make the chain CH-1 of a log in which CH-2 takes turns; `hidden` names fields to withhold."""
    hidden = hidden or {}
    bodies: list[bytes] = []
    last: dict[str, bytes] = {}
    values: list[dict[str, object]] = []
    for place in range(2 * COUNT):
        name = "CH-1" if place % 2 == 0 else "CH-2"
        held: dict[str, object] = {"actor": "Ada", "number": place}
        body = entries.write(
            entries.Entry(
                n=place,
                at=START + timedelta(minutes=place),
                action="something.happened",
                chain=name,
                cn=place // 2 + 1,
                prev=last.get(name),
                fields={
                    key: entries.field_digest(SALT, entries.value_bytes(value))
                    for key, value in held.items()
                },
            )
        )
        last[name] = tree.leaf_hash(body)
        bodies.append(body)
        values.append(held)
    nodes = _nodes([tree.leaf_hash(body) for body in bodies])
    size = len(bodies)
    root = tree.root_at(size, lambda _wanted: nodes)
    coded = json.dumps(_base64(root))[1:-1]
    return Chain(
        "CH-1",
        SIGNER.sign(f"{SIGNER.name}\n{size}\n{coded}\n"),
        [
            Link(
                bodies[place],
                {
                    key: Disclosed(SALT, value)
                    for key, value in values[place].items()
                    if hidden.get(place) != key
                },
                tree.inclusion(place, size, lambda _wanted: nodes),
            )
            for place in range(0, size, 2)
        ],
    )


def _nodes(leaves: list[bytes]) -> dict[tree.Node, bytes]:
    found: dict[tree.Node, bytes] = {}
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier, complete = tree.grow(frontier, size, leaf)
        found.update(complete)
    return found


def _base64(raw: bytes) -> str:
    import base64

    return base64.b64encode(raw).decode()


def failures(content: bytes) -> list[Finding]:
    """Check with the log's key, and give what failed."""
    checked = chains.check(content, [SIGNER.verifier])
    found = [finding for finding in checked.findings if finding.status is Status.FAILED]
    assert (checked.verdict is Verdict.FAILED) == bool(found)
    return found


def changed(change: Callable[[dict[str, Any]], object]) -> bytes:
    """Give the file with something changed in it, in canonical form again."""
    document = json.loads(chains.build(a_log()))
    change(document)
    return canonical(document)


def test_whole_chain_under_a_known_key_is_proven() -> None:
    checked = chains.check(chains.build(a_log()), [SIGNER.verifier])

    assert checked.verdict is Verdict.PROVEN
    assert checked.signer == SIGNER.verifier
    assert [finding.status for finding in checked.findings] == [Status.PROVEN] * 4 + [
        Status.ASSERTED
    ]


def test_whole_chain_under_an_unknown_key_proves_nothing_and_fails_nothing() -> None:
    checked = chains.check(chains.build(a_log()), [])

    assert checked.verdict is Verdict.SIGNER_UNKNOWN
    assert {finding.status for finding in checked.findings} == {Status.ASSERTED}


def test_withheld_values_are_counted_and_nothing_fails() -> None:
    checked = chains.check(chains.build(a_log({0: "actor", 4: "number"})), [SIGNER.verifier])

    assert checked.verdict is Verdict.PROVEN
    (hidden,) = [f for f in checked.findings if f.status is Status.WITHHELD]
    assert str(hidden) == "entries: 2 values are not shown here; their digests are"


def test_parse_gives_back_what_was_built() -> None:
    chain = a_log({2: "actor"})

    assert chains.parse(chains.build(chain)) == chain
    assert chains.looks_like(chains.build(chain))


def drop(number: int) -> Callable[[dict[str, Any]], object]:
    """Leave an entry out."""
    return lambda document: document["entries"].pop(number)


def show_otherwise(document: dict[str, Any]) -> None:
    """Show another value than was recorded."""
    document["entries"][1]["disclosed"]["number"]["value"] = 77


def salt_otherwise(document: dict[str, Any]) -> None:
    """Show another salt."""
    document["entries"][1]["disclosed"]["number"]["salt"] = "00" * 32


def add_field(document: dict[str, Any]) -> None:
    """Show a field that the entry does not have."""
    document["entries"][1]["disclosed"]["price"] = {"salt": "00" * 32, "value": 1}


def write_otherwise(document: dict[str, Any]) -> None:
    """Change a word of an entry itself."""
    link = document["entries"][1]
    link["entry"] = link["entry"].replace("something", "sometimes")


def prove_otherwise(document: dict[str, Any]) -> None:
    """Change a step of a proof."""
    document["entries"][1]["proof"][0] = "00" * 32


def swap(document: dict[str, Any]) -> None:
    """Put two entries in each other's place."""
    links = document["entries"]
    links[1], links[2] = links[2], links[1]


def rename(document: dict[str, Any]) -> None:
    """Say that it is another challenge's."""
    document["chain"] = "CH-2"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (drop(0), "entry 2"),
        (drop(2), "entry 6"),
        (show_otherwise, "entry 2"),
        (salt_otherwise, "entry 2"),
        (add_field, "entry 2"),
        (write_otherwise, "entry 2"),
        (prove_otherwise, "entry 2"),
        (swap, "entry 2"),
        (rename, "entry 0"),
    ],
)
def test_whatever_is_changed_is_found_and_placed(
    change: Callable[[dict[str, Any]], object], where: str
) -> None:
    assert where in {finding.where for finding in failures(changed(change))}


def test_every_changed_byte_is_found() -> None:
    content = chains.build(a_log())
    for place in range(0, len(content), 13):
        other = bytearray(content)
        other[place] ^= 1
        checked = chains.check(bytes(other), [SIGNER.verifier])
        assert checked.verdict is not Verdict.PROVEN, place


def test_checkpoint_of_a_smaller_log_proves_nothing_of_later_entries() -> None:
    chain = a_log()
    note = SIGNER.sign(f"{SIGNER.name}\n1\n{_base64(tree.leaf_hash(chain.links[0].entry))}\n")
    content = chains.build(Chain(chain.chain, note, chain.links))

    assert {f.where for f in failures(content)} == {f"entry {n}" for n in (0, 2, 4, 6, 8)}


def test_chain_without_entries_fails() -> None:
    chain = a_log()
    assert failures(chains.build(Chain(chain.chain, chain.checkpoint, [])))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"v":"chain/2"}',
        b"[" * 100_000,
        b'{"chain":1,"checkpoint":"","entries":[],"v":"chain/1"}',
        b'{"chain":"","checkpoint":"","entries":[1],"v":"chain/1"}',
        b'{"chain":"","checkpoint":"","entries":{},"v":"chain/1"}',
        b'{"chain":"","checkpoint":"","entries":[{"disclosed":[],"entry":"","proof":[]}],'
        b'"v":"chain/1"}',
        b' {"chain":"","checkpoint":"","entries":[],"v":"chain/1"}',
    ],
)
def test_what_is_no_chain_is_refused(content: bytes) -> None:
    with pytest.raises(DamagedChain):
        chains.parse(content)
    assert chains.check(content, []).verdict is Verdict.FAILED

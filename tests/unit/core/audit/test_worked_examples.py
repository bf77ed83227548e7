"""The worked examples of `docs/verification.md`, computed again from that file alone.

Nothing of the product is used but at the end, where its own checker must agree: so the document
is enough to write another.
"""

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from marketplace.core.audit import receipt_check, signing
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Newer, Verdict

DOCUMENT = (Path(__file__).parents[4] / "docs" / "verification.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```([a-z0-9-]+)\n(.*?)\n```$", DOCUMENT, re.MULTILINE | re.DOTALL))
SEED = b"\x07" * 32
ORIGIN = "market.example/log"


def sha(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()


def node(left: bytes, right: bytes) -> bytes:
    return sha(b"\x01" + left + right)


def half(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, over leaf hashes."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha(b"")
    k = half(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def path(place: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962."""
    if len(leaves) == 1:
        return []
    k = half(len(leaves))
    if place < k:
        return [*path(place, leaves[:k]), root(leaves[k:])]
    return [*path(place - k, leaves[k:]), root(leaves[:k])]


def subproof(old: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = half(len(leaves))
    if old <= k:
        return [*subproof(old, leaves[:k], whole), root(leaves[k:])]
    return [*subproof(old - k, leaves[k:], False), root(leaves[:k])]


def hashes(name: str) -> list[bytes]:
    return [bytes.fromhex(line) for line in BLOCKS[name].split("\n")]


def tables() -> list[list[tuple[str, bytes, bytes, str]]]:
    """Give the rows of the tables of fields: name, salt, value, digest."""
    row = re.compile(r"^\| `(\w+)` \| `([0-9a-f]{2})` \| `(.+)` \| `([0-9a-f]{64})` \|$")
    found: list[list[tuple[str, bytes, bytes, str]]] = []
    inside = False
    for line in DOCUMENT.split("\n"):
        if (cells := row.match(line)) is None:
            inside = False
            continue
        if not inside:
            found.append([])
        inside = True
        found[-1].append((cells[1], bytes.fromhex(cells[2]) * 32, cells[3].encode(), cells[4]))
    return found


def leaves() -> list[bytes]:
    entries = [BLOCKS["entry-0"], BLOCKS["entry-1"], "two", "three", "four"]
    return [sha(b"\x00" + entry.encode()) for entry in entries]


def signed(text: str) -> str:
    """Sign as section 4 says."""
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    public = key.public_key().public_bytes_raw()
    key_id = sha(ORIGIN.encode() + b"\n\x01" + public)[:4]
    coded = base64.b64encode(key_id + key.sign(text.encode())).decode()
    return f"{text}\n— {ORIGIN} {coded}\n"


def third_line() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(BLOCKS["receipt"].split("\n")[2])
    return found


@pytest.mark.parametrize("number", [0, 1])
def test_entries_commit_to_their_fields_as_the_tables_say(number: int) -> None:
    entry = json.loads(BLOCKS[f"entry-{number}"])
    rows = tables()[number]
    assert set(entry) == {"v", "n", "at", "action", "chain", "cn", "prev", "fields"}
    assert BLOCKS[f"entry-{number}"].encode() == rfc8785.dumps(entry)
    for _name, salt, value, digest in rows:
        assert value == rfc8785.dumps(json.loads(value))
        assert sha(salt + value).hex() == digest
    assert entry["fields"] == {name: digest for name, _salt, _value, digest in rows}
    assert (entry["v"], entry["n"], entry["cn"]) == ("entry/1", number, number + 1)


def test_second_entry_refers_to_the_leaf_of_the_first() -> None:
    first, second = json.loads(BLOCKS["entry-0"]), json.loads(BLOCKS["entry-1"])
    assert first["prev"] is None
    assert second["prev"] == leaves()[0].hex()
    assert first["chain"] == second["chain"]


def test_tree_has_the_leaves_roots_and_proofs_of_the_document() -> None:
    assert hashes("leaves") == leaves()
    assert hashes("roots") == [root(leaves()[:size]) for size in range(1, 6)]
    assert hashes("inclusion-1-5") == path(1, leaves())
    assert hashes("consistency-2-5") == subproof(2, leaves())
    assert hashes("consistency-3-5") == subproof(3, leaves())


def test_key_and_checkpoint_are_those_of_the_seed() -> None:
    public = Ed25519PrivateKey.from_private_bytes(SEED).public_key().public_bytes_raw()
    key_id = sha(ORIGIN.encode() + b"\n\x01" + public)[:4].hex()
    coded = base64.b64encode(b"\x01" + public).decode()
    assert BLOCKS["key"] == f"{ORIGIN}+{key_id}+{coded}"
    text = f"{ORIGIN}\n5\n{base64.b64encode(root(leaves())).decode()}\n"
    assert BLOCKS["checkpoint"] + "\n" == signed(text)


def test_bid_has_the_envelope_and_the_root_of_fields_that_the_receipt_says() -> None:
    bid = json.loads(BLOCKS["bid"])
    assert BLOCKS["bid"].encode() == rfc8785.dumps(bid)
    salts = bid["salts"]
    fields = {
        name: value for name, value in bid.items() if name not in ("format", "answers", "salts")
    } | {f"answers.{key}": text for key, text in bid["answers"].items()}
    assert set(fields) == set(salts)
    digests = {
        name: sha(bytes.fromhex(salts[name]) + rfc8785.dumps(value)).hex()
        for name, value in fields.items()
    }
    ordered = sorted(digests, key=lambda name: name.encode("utf-16-be"))
    assert BLOCKS["bid-fields"].split("\n") == [f"{name} {digests[name]}" for name in ordered]
    found = [sha(b"\x00" + rfc8785.dumps([name, digests[name]])) for name in ordered]
    assert third_line()["fields_root"] == root(found).hex()
    assert third_line()["envelope"] == sha(BLOCKS["bid"].encode()).hex()


def test_receipt_says_what_entry_tables_and_tree_say_and_is_signed() -> None:
    said = third_line()
    text = "".join(f"{line}\n" for line in BLOCKS["receipt"].split("\n")[:3])
    assert text == f"receipt/1\n{ORIGIN}\n{rfc8785.dumps(said).decode()}\n"
    assert BLOCKS["receipt"] + "\n" == signed(text)
    assert said["entry"] == BLOCKS["entry-1"]
    entry = json.loads(said["entry"])
    assert said["disclosed"] == {
        name: {"salt": salt.hex(), "value": json.loads(value)}
        for name, salt, value, _digest in tables()[1]
    }
    for name in ("bid", "version", "arrived", "closes_at", "envelope", "fields_root"):
        assert said[name] == said["disclosed"][name]["value"]
    assert (said["challenge"], said["recorded"]) == (entry["chain"], entry["at"])
    assert (said["place"], said["size"]) == (entry["n"], entry["n"] + 1)
    assert said["root"] == root(leaves()[:2]).hex()
    assert said["proof"] == [step.hex() for step in path(1, leaves()[:2])]
    assert said["arrived"] < said["closes_at"]


def test_receipt_has_exactly_the_keys_of_the_documents_table() -> None:
    section = DOCUMENT.split("## 7. Receipts")[1].split("**To check")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(third_line())


def test_our_own_checker_proves_the_documents_receipt_up_to_its_checkpoint() -> None:
    key = signing.parse_verifier(BLOCKS["key"])
    newer = Newer(BLOCKS["checkpoint"] + "\n", hashes("consistency-2-5"))

    checked = receipt_check.check(BLOCKS["receipt"] + "\n", [key], newer)

    assert checked.verdict is Verdict.PROVEN
    assert [found.where for found in checked.findings if found.status is Status.PROVEN] == [
        *("signature", "entry 1", "place 1", "checkpoint 5"),
    ]

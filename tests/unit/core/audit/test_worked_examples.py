"""The worked examples of `docs/verification.md`, computed again from that file alone.

Nothing of the product is used but where its own checkers and readers must agree: so the document
is enough to write another.
"""

import base64
import hashlib
import hmac
import io
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from bids import documents
from challenges.plan import evaluations
from marketplace.core.audit import bid_order, passports, receipt_check, signing, tree
from marketplace.core.audit.entries import Entry
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Newer, Verdict
from marketplace.core.audit.told import Told
from marketplace.core.vault import envelopes, statements

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
    entries = [BLOCKS["entry-0"], BLOCKS["entry-1"], BLOCKS["entry-2"], "three", "four"]
    return [sha(b"\x00" + entry.encode()) for entry in entries]


def signed(text: str, seed: bytes = SEED, name: str = ORIGIN) -> str:
    """Sign as section 4 says."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public = key.public_key().public_bytes_raw()
    key_id = sha(name.encode() + b"\n\x01" + public)[:4]
    coded = base64.b64encode(key_id + key.sign(text.encode())).decode()
    return f"{text}\n— {name} {coded}\n"


def public_key(seed: bytes, name: str) -> str:
    """Write a public key as section 4 says."""
    public = Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
    key_id = sha(name.encode() + b"\n\x01" + public)[:4].hex()
    return f"{name}+{key_id}+{base64.b64encode(bytes([1]) + public).decode()}"


def third_line() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(BLOCKS["receipt"].split("\n")[2])
    return found


@pytest.mark.parametrize("number", [0, 1, 2])
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


def test_entries_refer_each_to_the_leaf_of_the_one_before() -> None:
    first, second, third = (json.loads(BLOCKS[f"entry-{number}"]) for number in range(3))
    assert first["prev"] is None
    assert [second["prev"], third["prev"]] == [leaf.hex() for leaf in leaves()[:2]]
    assert first["chain"] == second["chain"] == third["chain"]


def test_tree_has_the_leaves_roots_and_proofs_of_the_document() -> None:
    assert hashes("leaves") == leaves()
    assert hashes("roots") == [root(leaves()[:size]) for size in range(1, 6)]
    assert hashes("inclusion-1-5") == path(1, leaves())
    assert hashes("consistency-2-5") == subproof(2, leaves())
    assert hashes("consistency-3-5") == subproof(3, leaves())


def test_key_and_checkpoint_are_those_of_the_seed() -> None:
    assert BLOCKS["key"] == public_key(SEED, ORIGIN)
    text = f"{ORIGIN}\n5\n{base64.b64encode(root(leaves())).decode()}\n"
    assert BLOCKS["checkpoint"] + "\n" == signed(text)


def field_digests() -> list[tuple[str, str]]:
    """Give the bid's fields in their order, each with its digest."""
    bid = json.loads(BLOCKS["bid"])
    salts = bid["salts"]
    fields = {
        name: value for name, value in bid.items() if name not in ("format", "answers", "salts")
    } | {f"answers.{key}": text for key, text in bid["answers"].items()}
    assert set(fields) == set(salts)
    digests = {
        name: sha(bytes.fromhex(salts[name]) + rfc8785.dumps(value)).hex()
        for name, value in fields.items()
    }
    return [(name, digests[name]) for name in sorted(digests, key=lambda n: n.encode("utf-16-be"))]


def field_leaves() -> list[bytes]:
    return [sha(b"\x00" + rfc8785.dumps(list(field))) for field in field_digests()]


def test_bid_has_the_root_of_fields_that_the_receipt_says() -> None:
    assert BLOCKS["bid"].encode() == rfc8785.dumps(json.loads(BLOCKS["bid"]))
    assert BLOCKS["bid-fields"].split("\n") == [
        f"{name} {found}" for name, found in field_digests()
    ]
    assert third_line()["fields_root"] == root(field_leaves()).hex()


def test_price_alone_leads_to_the_root_of_fields() -> None:
    said = re.search(r"it is the field at place (\d+) of (\d+)", DOCUMENT)
    assert said is not None
    place, size = int(said[1]), int(said[2])
    bid = json.loads(BLOCKS["bid"])
    digest = sha(
        bytes.fromhex(bid["salts"]["price_minor"]) + rfc8785.dumps(bid["price_minor"])
    ).hex()

    assert BLOCKS["price-leaf"].encode() == rfc8785.dumps(["price_minor", digest])
    assert sha(b"\x00" + BLOCKS["price-leaf"].encode()) == field_leaves()[place]
    assert (size, hashes("price-proof")) == (len(field_leaves()), path(place, field_leaves()))
    assert tree.includes(
        field_leaves()[place],
        place,
        size,
        hashes("price-proof"),
        bytes.fromhex(third_line()["fields_root"]),
    )


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


def test_plan_is_canonical_and_has_the_digest_that_entry_bid_and_statement_say() -> None:
    plan = json.loads(BLOCKS["plan"])
    digest = sha(BLOCKS["plan"].encode()).hex()
    section = DOCUMENT.split("## 9. The plan")[1].split("### Worked example")[0]
    of_plan, of_stage, _of_terms = re.findall(r"\| key \| value \|\n.*?\n\n", section, re.DOTALL)

    assert BLOCKS["plan"].encode() == rfc8785.dumps(plan)
    assert BLOCKS["plan-digest"] == digest
    assert json.loads(BLOCKS["bid"])["plan_sha256"] == digest
    assert {"plan": digest}.items() <= values_of(0).items()
    assert statement()["plan"] == digest
    assert set(re.findall(r"^\| `(\w+)` \|", of_plan, re.MULTILINE)) == {*plan, "terms"}
    assert set(re.findall(r"^\| `(\w+)` \|", of_stage, re.MULTILINE)) == set(plan["stages"][0])
    assert set(plan["stages"][0]["evaluation"]) == {"criteria", "method"}


def test_plan_with_several_stages_says_in_its_terms_what_is_not_judged_too() -> None:
    plan = json.loads(BLOCKS["plan-stages"])
    section = DOCUMENT.split("## 9. The plan")[1].split("### Worked example")[0]
    _plan, of_stage, of_terms = (
        set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE))
        for table in re.findall(r"\| key \| value \|\n.*?\n\n", section, re.DOTALL)
    )
    judged = {stage["stage"] for stage in plan["stages"]}
    told = {stage["stage"]: stage for stage in plan["terms"]["stages"]}

    assert BLOCKS["plan-stages"].encode() == rfc8785.dumps(plan)
    assert BLOCKS["plan-stages-digest"] == sha(BLOCKS["plan-stages"].encode()).hex()
    assert [set(stage) - of_stage for stage in plan["stages"]] == [set(), {"carried"}]
    assert all(of_stage <= set(stage) for stage in plan["stages"])
    assert {c["id"] for c in plan["stages"][1]["evaluation"]["criteria"]} >= set(
        plan["stages"][1]["carried"]
    )
    assert all(set(stage) == of_terms for stage in told.values())
    assert sorted(told) == list(range(1, len(told) + 1))
    assert judged == {
        number
        for number, stage in told.items()
        if stage["kind"] in ("application", "interview", "judging")
    }
    assert set(plan["terms"]["later"]) == {"kind", "value", "bodies", "note"}
    assert set(evaluations(BLOCKS["plan-stages"].encode())) == judged


def values_of(number: int) -> dict[str, Any]:
    """Give the values of an entry's fields, from its table."""
    return {name: json.loads(value) for name, _salt, value, _digest in tables()[number]}


def x25519(secret: bytes, public: bytes | None = None) -> bytes:
    key = X25519PrivateKey.from_private_bytes(secret)
    if public is None:
        return key.public_key().public_bytes_raw()
    return key.exchange(X25519PublicKey.from_public_bytes(public))


def hkdf(secret: bytes, salt: bytes, info: bytes) -> bytes:
    """Derive 32 bytes as RFC 5869 does, with SHA-256."""
    extracted = hmac.digest(salt or bytes(32), secret, "sha256")
    return hmac.digest(extracted, info + b"\x01", "sha256")


def bech32(prefix: str, content: bytes) -> str:
    """Write bytes as BIP 173 does."""
    letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
    bits = "".join(f"{byte:08b}" for byte in content)
    bits += "0" * (-len(bits) % 5)
    values = [int(bits[start : start + 5], 2) for start in range(0, len(bits), 5)]
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    sum_ = 1
    for value in [*expanded, *values, *[0] * 6]:
        top = sum_ >> 25
        sum_ = (sum_ & 0x1FFFFFF) << 5 ^ value
        for bit, mask in enumerate((0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)):
            sum_ ^= mask if top >> bit & 1 else 0
    check = [(sum_ ^ 1) >> 5 * (5 - place) & 31 for place in range(6)]
    return f"{prefix}1" + "".join(letters[value] for value in [*values, *check])


def plain_base64(content: bytes) -> str:
    return base64.b64encode(content).decode().rstrip("=")


# As section 10 gives them: the two recipients' private keys, and what is random in a real file.
CLOSING, OWN = b"\x31" * 32, b"\x32" * 32
EPHEMERAL = (b"\x33" * 32, b"\x34" * 32)
FILE_KEY, NONCE = b"\x35" * 16, b"\x36" * 16


def sealed() -> bytes:
    """Seal the bid as age's specification says."""
    header = "age-encryption.org/v1\n"
    for secret, recipient in zip(EPHEMERAL, (x25519(CLOSING), x25519(OWN)), strict=True):
        share = x25519(secret)
        wrapping = hkdf(
            x25519(secret, recipient), share + recipient, b"age-encryption.org/v1/X25519"
        )
        body = ChaCha20Poly1305(wrapping).encrypt(bytes(12), FILE_KEY, None)
        header += f"-> X25519 {plain_base64(share)}\n{plain_base64(body)}\n"
    header += "---"
    mac = hmac.digest(hkdf(FILE_KEY, b"", b"header"), header.encode(), "sha256")
    plain = f"{BLOCKS['envelope-head']}\n{BLOCKS['bid']}".encode()
    # It is shorter than a chunk of 64 KiB, so its first chunk, number 0, is its last too.
    payload = ChaCha20Poly1305(hkdf(FILE_KEY, NONCE, b"payload")).encrypt(
        bytes(11) + b"\x01", plain, None
    )
    return f"{header} {plain_base64(mac)}\n".encode() + NONCE + payload


def test_envelope_is_the_bid_sealed_to_the_two_keys_of_the_document() -> None:
    content = base64.b64decode(BLOCKS["envelope"])
    head = BLOCKS["envelope-head"].split("\n")

    assert BLOCKS["age-keys"].split("\n") == [
        bech32("age-secret-key-", CLOSING).upper(),
        bech32("age", x25519(CLOSING)),
        bech32("age-secret-key-", OWN).upper(),
        bech32("age", x25519(OWN)),
    ]
    assert head[0] == "envelope/1"
    assert head[1].encode() == rfc8785.dumps({"document": len(BLOCKS["bid"].encode()), "files": []})
    assert content == sealed()
    assert max(map(len, BLOCKS["envelope"].split("\n"))) == 64


def test_envelope_has_the_digest_that_entry_and_receipt_say() -> None:
    digest = sha(base64.b64decode(BLOCKS["envelope"])).hex()

    assert BLOCKS["envelope-digest"] == digest
    assert (values_of(1)["envelope"], third_line()["envelope"]) == (digest, digest)
    assert values_of(0)["sealing_key"] == BLOCKS["age-keys"].split("\n")[1]


def test_bid_has_exactly_the_keys_of_the_documents_table() -> None:
    section = DOCUMENT.split("The document is a `bid/1`")[1].split("Bids of today also")[0]
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|", section, re.MULTILINE)

    assert set(re.findall(r"`(\w+)`", " ".join(rows))) == set(json.loads(BLOCKS["bid"]))


def statement() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(BLOCKS["opening-first"].split("\n")[2])
    return found


def test_statement_says_what_entries_and_bids_say_and_is_signed_by_both_officers() -> None:
    said = statement()
    text = f"opening/1\n{ORIGIN}\n{rfc8785.dumps(said).decode()}\n"
    counted = [[values_of(1)[name] for name in ("bid", "version", "envelope")]]
    names = [f"{ORIGIN}/opener/{mark}" for mark in ("0a0a0a0a", "0b0b0b0b")]
    seeds = [b"\x0a" * 32, b"\x0b" * 32]

    assert BLOCKS["opener-keys"].split("\n") == [
        public_key(seed, name) for seed, name in zip(seeds, names, strict=True)
    ]
    assert BLOCKS["opening-first"] + "\n" == signed(text, seeds[0], names[0])
    assert BLOCKS["opening-second"] + "\n" == signed(text, seeds[1], names[1])
    assert BLOCKS["opened-bids"].encode() == rfc8785.dumps(counted)
    assert said == {
        "bids": sha(BLOCKS["opened-bids"].encode()).hex(),
        "challenge": json.loads(BLOCKS["entry-2"])["chain"],
        "closed": json.loads(BLOCKS["entry-2"])["n"],
        "count": 1,
        "key": values_of(0)["sealing_key"],
        "leaf": leaves()[2].hex(),
        "plan": values_of(0)["plan"],
        "stage": 1,
    }
    section = DOCUMENT.split("**The statement.**")[1].split("It is kept as a note")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(said)


def test_our_own_readers_take_the_documents_envelope_bid_and_statements() -> None:
    keys = BLOCKS["age-keys"].split("\n")
    for identity in (keys[0], keys[2]):
        source = io.BytesIO(base64.b64decode(BLOCKS["envelope"]))
        found = envelopes.open_envelope(source, identity)
        assert found.document == BLOCKS["bid"].encode()
    document = documents.read(found.document)
    assert documents.fields_root(document).hex() == third_line()["fields_root"]
    for number, name in enumerate(("opening-first", "opening-second")):
        key = BLOCKS["opener-keys"].split("\n")[number]
        text = statements.signed_text(BLOCKS[name] + "\n", key)
        assert statements.read(text).count == 1


def counting() -> tuple[dict[str, str], dict[str, str]]:
    """Count the bids of the example of changes as section 9 says; give those that lapsed, too."""
    last = -1
    submitted: dict[str, tuple[int, str]] = {}
    for n, line in enumerate(BLOCKS["counting-chain"].split("\n")):
        action, *rest = line.split()
        if action == "bid.submitted":
            submitted[rest[0]] = (n, rest[1])
        elif action == "bid.withdrawn":
            del submitted[rest[0]]
        elif action == "challenge.changed" and rest[1] == "true":
            last = n
    counted = {bid: version for bid, (n, version) in submitted.items() if n > last}
    lapsed = {bid: version for bid, (n, version) in submitted.items() if n < last}
    return counted, lapsed


def test_bids_that_count_after_changes_are_those_of_the_document() -> None:
    counted, lapsed = counting()

    assert BLOCKS["counting-bids"] == "\n".join(
        f"{bid} {version}" for bid, version in sorted(counted.items())
    )
    assert BLOCKS["counting-lapsed"] == "\n".join(sorted(lapsed))


def test_our_own_checker_counts_the_documents_bids_after_changes() -> None:
    told = []
    for n, line in enumerate(BLOCKS["counting-chain"].split("\n")):
        action, *rest = line.split()
        shown: dict[str, object] = {}
        if action == "challenge.changed":
            shown = {"number": int(rest[0]), "confirm": rest[1] == "true"}
        elif rest:
            shown = {"bid": rest[0], "version": int(rest[1]), "envelope": "ab" * 32}
        at = datetime(2026, 12, 1, tzinfo=UTC)
        told.append(Told(Entry(n, at, action, "CH-1001", n + 1, None, {}), b"", shown))

    counted = bid_order.counted(told, told[-1])

    assert {bid: str(version) for bid, (version, _envelope) in counted.items()} == counting()[0]


def test_passport_is_the_one_that_section_12_makes() -> None:
    file = json.loads(BLOCKS["passport-file"])
    passport = json.loads(BLOCKS["passport"])
    text = f"passport/1\n{ORIGIN}\n{sha(BLOCKS['passport'].encode()).hex()}\n"

    assert BLOCKS["passport"].encode() == rfc8785.dumps(passport)
    assert BLOCKS["passport-note"] + "\n" == signed(text)
    assert file == {"format": "passport/1", "note": signed(text), "passport": passport}
    assert BLOCKS["passport-file"].encode() == rfc8785.dumps(file)


def test_our_own_checker_finds_the_documents_passport_proven() -> None:
    known = [signing.parse_verifier(BLOCKS["key"])]

    checked = passports.check(BLOCKS["passport-file"].encode(), known)

    assert checked.verdict is Verdict.PROVEN

"""The `receipt/1` format: what a bidder holds in hand, and what follows from it. Pure.

`docs/verification.md`, section 7, describes it byte by byte. A receipt is written when its entry is
recorded and signed whenever it is shown; it is checked without a site, a database or an account.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.audit import entries, tree
from marketplace.core.audit.entries import (
    read_count,
    read_digest,
    read_instant,
    read_text,
    write_instant,
)
from scoring.engine.canonical import canonical

FORMAT = "receipt/1"
ACTION = "bid.submitted"

BEGIN = "-----BEGIN MARKETPLACE RECEIPT-----"
END = "-----END MARKETPLACE RECEIPT-----"
_ARMOURED = re.compile(f"{BEGIN}(.*?){END}", re.DOTALL)
# What mail programs put before the lines of a message that is answered or passed on.
_QUOTED = re.compile(r"^[ \t>|]+", re.MULTILINE)
_LINE = 64

_KEYS = {
    *("challenge", "bid", "version", "arrived", "recorded", "closes_at", "envelope"),
    *("fields_root", "entry", "disclosed", "place", "size", "root", "proof"),
}


class DamagedReceipt(ValueError):
    """A text is no receipt in its one form; the message says what is wrong."""


@dataclass(frozen=True)
class Disclosed:
    """A field's salt of 32 bytes and its value, a JSON value."""

    salt: bytes
    value: object


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, as section 7 of the specification names it.

    Digests and hashes are 32 bytes; `entry` are the entry's bytes; `origin` is the log's name.
    """

    origin: str
    challenge: str
    bid: str
    version: int
    arrived: datetime
    recorded: datetime
    closes_at: datetime
    envelope: bytes
    fields_root: bytes
    entry: bytes
    disclosed: Mapping[str, Disclosed]
    place: int
    size: int
    root: bytes
    proof: Sequence[bytes]


def write(receipt: Receipt) -> str:
    """Write the text that is signed: three lines, each ended by a new line."""
    facts = {
        **repeated(receipt),
        "challenge": receipt.challenge,
        "recorded": write_instant(receipt.recorded),
        "entry": receipt.entry.decode(),
        "disclosed": {
            name: {"salt": field.salt.hex(), "value": field.value}
            for name, field in receipt.disclosed.items()
        },
        "place": receipt.place,
        "size": receipt.size,
        "root": receipt.root.hex(),
        "proof": [step.hex() for step in receipt.proof],
    }
    return f"{FORMAT}\n{receipt.origin}\n{canonical(facts).decode()}\n"


def read(text: str) -> Receipt:
    """Read a receipt's text back, strictly: it must be what `write` makes.

    Raises:
        DamagedReceipt: it is not.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or lines[0] != FORMAT:
        raise DamagedReceipt(f"three lines that begin with {FORMAT} were expected")
    try:
        facts = json.loads(lines[2])
        if not isinstance(facts, dict) or set(facts) != _KEYS:
            raise DamagedReceipt("the third line does not have the keys of a receipt")
        receipt = _receipt(lines[1], facts)
        same = write(receipt) == text
    except DamagedReceipt:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise DamagedReceipt(f"the third line is no receipt: {error}") from error
    if not same:
        raise DamagedReceipt("the third line is not in canonical form")
    return receipt


def compose(
    origin: str,
    body: bytes,
    disclosed: Mapping[str, Disclosed],
    proof: Sequence[bytes],
    root: bytes,
) -> Receipt:
    """Make the receipt of an entry, the last of its log, from its bytes and all of its fields.

    Raises:
        DamagedEntry: the bytes are no entry.
        KeyError, TypeError, ValueError: it has not the fields of a submitted bid.
    """
    entry = entries.read(body)
    said = {name: field.value for name, field in disclosed.items()}
    return Receipt(
        origin=origin,
        challenge=entry.chain,
        bid=read_text(said["bid"]),
        version=read_count(said["version"]),
        arrived=read_instant(read_text(said["arrived"])),
        recorded=entry.at,
        closes_at=read_instant(read_text(said["closes_at"])),
        envelope=read_digest(said["envelope"]),
        fields_root=read_digest(said["fields_root"]),
        entry=body,
        disclosed=disclosed,
        place=entry.n,
        size=entry.n + 1,
        root=root,
        proof=proof,
    )


def repeated(receipt: Receipt) -> Mapping[str, object]:
    """Give the facts that the entry holds as fields too, as their values stand there."""
    return {
        "bid": receipt.bid,
        "version": receipt.version,
        "arrived": write_instant(receipt.arrived),
        "closes_at": write_instant(receipt.closes_at),
        "envelope": receipt.envelope.hex(),
        "fields_root": receipt.fields_root.hex(),
    }


def fields_root(digests: Mapping[str, bytes]) -> bytes:
    """Compute the root over a bid's fields from their digests of 32 bytes."""
    frontier: list[bytes] = []
    for size, name in enumerate(sorted(digests, key=_utf16)):
        leaf = tree.leaf_hash(canonical([name, digests[name].hex()]))
        frontier, _complete = tree.grow(frontier, size, leaf)
    return tree.root_of(frontier)


def armour(note: str) -> str:
    """Write a note so that it survives a mail program that breaks and quotes lines.

    Base64 in lines of 64 characters between two marks; whoever reads it skips white space.
    """
    coded = base64.b64encode(note.encode()).decode()
    lines = [coded[start : start + _LINE] for start in range(0, len(coded), _LINE)]
    return "\n".join([BEGIN, *lines, END]) + "\n"


def find_note(given: str) -> str:
    """Find the note in what somebody pasted or uploaded: itself, or armoured within an e-mail.

    Where nothing was armoured the text is given back, with line ends and outer space put right.

    Raises:
        DamagedReceipt: there are marks, and what stands between them is no base64 of a text.
    """
    found = _ARMOURED.search(_QUOTED.sub("", given))
    if found is None:
        return given.replace("\r\n", "\n").strip("\ufeff \t\r\n") + "\n"
    try:
        return base64.b64decode("".join(found[1].split()), validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise DamagedReceipt(
            "what stands between the marks of a receipt was shortened or changed"
        ) from error


def looks_like(note: str) -> bool:
    """Tell whether a text begins as a receipt does."""
    return note.startswith(FORMAT + "\n")


def _receipt(origin: str, facts: Mapping[str, object]) -> Receipt:
    disclosed, proof = facts["disclosed"], facts["proof"]
    if not isinstance(disclosed, dict) or not isinstance(proof, list):
        raise TypeError("an object and a list were expected")
    return Receipt(
        origin=origin,
        challenge=read_text(facts["challenge"]),
        bid=read_text(facts["bid"]),
        version=read_count(facts["version"]),
        arrived=read_instant(read_text(facts["arrived"])),
        recorded=read_instant(read_text(facts["recorded"])),
        closes_at=read_instant(read_text(facts["closes_at"])),
        envelope=read_digest(facts["envelope"]),
        fields_root=read_digest(facts["fields_root"]),
        entry=read_text(facts["entry"]).encode(),
        disclosed={
            name: Disclosed(read_digest(field["salt"]), field["value"])
            for name, field in _exactly(disclosed, {"salt", "value"})
        },
        place=read_count(facts["place"]),
        size=read_count(facts["size"]),
        root=read_digest(facts["root"]),
        proof=tuple(read_digest(step) for step in proof),
    )


def _exactly(
    found: Mapping[str, object], keys: set[str]
) -> Iterable[tuple[str, Mapping[str, object]]]:
    for name, field in found.items():
        if not isinstance(field, dict) or set(field) != keys:
            raise TypeError(f"{name!r} is not disclosed by a salt and a value")
        yield name, field


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-be", "surrogatepass")

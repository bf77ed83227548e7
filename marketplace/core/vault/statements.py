"""The `opening/1` format: what an officer signs to open a closing instant's bids. Pure.

`docs/verification.md`, section 11, describes it byte by byte. Both officers sign
the very same text: which challenge and stage, under which plan, after which closing, how many bids
and exactly which.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from marketplace.core.audit import signing
from marketplace.core.audit.entries import read_count, read_digest, read_text
from scoring.engine.canonical import canonical

FORMAT = "opening/1"
_KEYS = {"bids", "challenge", "closed", "count", "key", "leaf", "plan", "stage"}


class BadStatement(ValueError):
    """A text is no statement, or is not signed as it must be; the message says why."""


@dataclass(frozen=True)
class Statement:
    """What is to be opened.

    `origin` is the log's name; `plan` the digest of the `plan/1`; `closed` the place of the last
    closing in the log and `leaf` its leaf hash; `count` how many bids are submitted and `bids` the
    digest over them; `key` the age recipient they are sealed to. Digests are 32 bytes.
    """

    origin: str
    challenge: str
    stage: int
    plan: bytes
    closed: int
    leaf: bytes
    count: int
    bids: bytes
    key: str


def digest_of(bids: Iterable[tuple[str, int, str]]) -> bytes:
    """Compute the digest over bids, each a reference, a version and its envelope's SHA-256 in hex.

    It is SHA-256 over the RFC 8785 bytes of their list, in the order of their references.
    """
    return hashlib.sha256(canonical([list(bid) for bid in sorted(bids)])).digest()


def write(statement: Statement) -> str:
    """Write the text that is signed: three lines, each ended by a new line."""
    facts = {
        "bids": statement.bids.hex(),
        "challenge": statement.challenge,
        "closed": statement.closed,
        "count": statement.count,
        "key": statement.key,
        "leaf": statement.leaf.hex(),
        "plan": statement.plan.hex(),
        "stage": statement.stage,
    }
    return f"{FORMAT}\n{statement.origin}\n{canonical(facts).decode()}\n"


def read(text: str) -> Statement:
    """Read a statement's text back, strictly: it must be what `write` makes.

    Raises:
        BadStatement: it is not.
    """
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or lines[0] != FORMAT:
        raise BadStatement(f"three lines that begin with {FORMAT} were expected")
    try:
        facts = json.loads(lines[2])
        if not isinstance(facts, dict) or set(facts) != _KEYS:
            raise BadStatement("the third line does not have the keys of a statement")
        statement = _statement(lines[1], facts)
        same = write(statement) == text
    except BadStatement:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise BadStatement(f"the third line is no statement: {error}") from error
    if not same:
        raise BadStatement("the third line is not in canonical form")
    return statement


def signed_text(note: str, verifier: str) -> str:
    """Give the text of a note that one officer's key signed.

    Raises:
        BadStatement: it is no note, or that key did not sign it.
    """
    try:
        opened = signing.open_note(note, [signing.parse_verifier(verifier)])
    except (signing.BadNote, signing.BadKey) as error:
        raise BadStatement(str(error)) from error
    if not opened.signed_by:
        raise BadStatement("it is signed by another key")
    return opened.text


def _statement(origin: str, facts: Mapping[str, object]) -> Statement:
    return Statement(
        origin=origin,
        challenge=read_text(facts["challenge"]),
        stage=read_count(facts["stage"]),
        plan=read_digest(facts["plan"]),
        closed=read_count(facts["closed"]),
        leaf=read_digest(facts["leaf"]),
        count=read_count(facts["count"]),
        bids=read_digest(facts["bids"]),
        key=read_text(facts["key"]),
    )

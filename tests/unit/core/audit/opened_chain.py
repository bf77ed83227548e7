"""Tells the story of a challenge's bids up to their opening, true or forged, as a chain's file.

Whoever forges here keeps the log's key: every entry, proof and signature of the log agrees, so that
what a test finds is found by what the entries say.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bids import log_words as bid_words
from challenges import log_words as challenge_words
from marketplace.core.audit import chains, entries, log, signing, tree
from marketplace.core.audit.chains import Chain, Link
from marketplace.core.audit.receipts import Disclosed
from marketplace.core.audit.signing import Signer
from marketplace.core.vault import statements
from marketplace.core.vault.statements import Statement

CHALLENGE = "CH-1001"
LOG_KEY = Signer("market.example/log", b"\x07" * 32)
BEGAN = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
CLOSES = BEGAN + timedelta(days=14)
SEALING_KEY = "age1specimenkeythatnobodyholdstheprivatepartof"
PLAN = hashlib.sha256(b"a plan").hexdigest()
ADA, BEN, CLEO = "officer-ada", "officer-ben", "officer-cleo"


def opener(mark: int) -> Signer:
    """Make an officer's key."""
    return signing.Signer(f"{LOG_KEY.name}/opener/{mark:08x}", bytes([mark]) * 32)


KEYS = {ADA: opener(1), BEN: opener(2), CLEO: opener(3)}


def envelope(bid: str, version: int) -> str:
    """Give the digest of an envelope."""
    return hashlib.sha256(f"{bid}/{version}".encode()).hexdigest()


def text(instant: datetime) -> str:
    """Write an instant as entries do."""
    return entries.write_instant(instant)


@dataclass
class Log:
    """A log of one chain that grows; `at` is the instant of the next entry."""

    at: datetime = BEGAN
    bodies: list[bytes] = field(default_factory=list)
    values: list[dict[str, object]] = field(default_factory=list)
    actions: list[str] = field(default_factory=list)

    def add(self, action: str, *, person: object = None, **fields: object) -> None:
        """Append an entry."""
        held = {"actor": f"Person {person}" if person else None, "actor_id": person, **fields}
        n = len(self.bodies)
        self.bodies.append(
            entries.write(
                entries.Entry(
                    n=n,
                    at=self.at,
                    action=action,
                    chain=CHALLENGE,
                    cn=n + 1,
                    prev=tree.leaf_hash(self.bodies[-1]) if n else None,
                    fields={
                        name: entries.field_digest(_salt(n, name), entries.value_bytes(value))
                        for name, value in held.items()
                    },
                )
            )
        )
        self.values.append(held)
        self.actions.append(action)
        self.at += timedelta(seconds=1)

    def last(self, action: str) -> int:
        """Give the place of the last entry of an action."""
        return max(n for n, found in enumerate(self.actions) if found == action)

    def statement(self, **changes: object) -> Statement:
        """Give what both officers sign, or something else."""
        closed = self.last("challenge.closed") if "challenge.closed" in self.actions else 0
        bids = [("B-1", 2, envelope("B-1", 2)), ("B-2", 1, envelope("B-2", 1))]
        said = Statement(
            origin=LOG_KEY.name,
            challenge=CHALLENGE,
            stage=1,
            plan=bytes.fromhex(PLAN),
            closed=closed,
            leaf=tree.leaf_hash(self.bodies[closed]),
            count=len(bids),
            bids=statements.digest_of(bids),
            key=SEALING_KEY,
        )
        return replace(said, **changes)  # type: ignore[arg-type]  # checked by their names

    def file(self, *, public: bool) -> bytes:
        """Give the chain's file, for everybody or for auditors."""
        leaves = [tree.leaf_hash(body) for body in self.bodies]
        nodes = _nodes(leaves)
        size = len(leaves)
        root = tree.root_at(size, lambda _wanted: nodes)
        coded = base64.b64encode(root).decode()
        return chains.build(
            Chain(
                CHALLENGE,
                LOG_KEY.sign(f"{LOG_KEY.name}\n{size}\n{coded}\n"),
                [
                    Link(
                        body,
                        {
                            name: Disclosed(_salt(n, name), value)
                            for name, value in self.values[n].items()
                            if not public or name in log.public_fields(self.actions[n])
                        },
                        tree.inclusion(n, size, lambda _wanted: nodes),
                    )
                    for n, body in enumerate(self.bodies)
                ],
            )
        )


Step = Callable[[Log], None]


def published(log: Log) -> None:
    """Publish."""
    log.add(
        challenge_words.PUBLISHED,
        person=ADA,
        plan=PLAN,
        closes_at=text(CLOSES),
        sealing_key=SEALING_KEY,
    )


def named(person: str, key: Signer | None) -> Step:
    """Name an officer."""
    return lambda log: log.add(
        challenge_words.OPENER_NAMED,
        person=ADA,
        officer=f"Person {person}",
        officer_id=person,
        key=str(key.verifier) if key else None,
    )


def key_set(person: str, key: Signer, former: Signer | None = None) -> Step:
    """Set an opening passphrase."""
    return lambda log: log.add(
        bid_words.KEY_SET,
        person=person,
        key=str(key.verifier),
        former=str(former.verifier) if former else None,
    )


def submitted(bid: str, version: int, **changes: object) -> Step:
    """Submit a bid."""

    def step(log: Log) -> None:
        fields: dict[str, object] = {
            "bid": bid,
            "version": version,
            "arrived": text(log.at),
            "closes_at": text(CLOSES),
            "envelope": envelope(bid, version),
            "fields_root": "ab" * 32,
        }
        log.add(bid_words.SUBMITTED, person=f"supplier of {bid}", **fields | changes)

    return step


def withdrawn(bid: str, version: int) -> Step:
    """Withdraw a bid."""
    return lambda log: log.add(
        bid_words.WITHDRAWN,
        person=f"supplier of {bid}",
        bid=bid,
        version=version,
        arrived=text(log.at),
        closes_at=text(CLOSES),
    )


NEXT_PLAN = hashlib.sha256(b"the next plan").hexdigest()
TEXTS = [hashlib.sha256(f"text {number}".encode()).hexdigest() for number in range(4)]


def changed(number: int = 1, *, confirm: bool, plan: str = PLAN, **changes: object) -> Step:
    """Change the challenge; `changes` are forged fields."""
    fields: dict[str, object] = {
        "number": number,
        "reason": "A bidder asked.",
        "confirm": confirm,
        "plan": plan,
        "before": TEXTS[number - 1],
        "after": TEXTS[number],
    }
    return lambda log: log.add(challenge_words.CHANGED, person=ADA, **fields | changes)


def lapsed(*bids: str) -> Step:
    """Record which bids lapsed."""
    return lambda log: log.add(bid_words.LAPSED, bids=list(bids))


def closed(at: datetime = CLOSES + timedelta(minutes=1), closes: datetime = CLOSES) -> Step:
    """Record the closing."""

    def step(log: Log) -> None:
        log.at = at
        log.add(challenge_words.CLOSED, closes_at=text(closes))

    return step


def confirmed(person: str, signer: Signer, /, **changes: object) -> Step:
    """Sign for the opening; `changes` forge the statement."""

    def step(log: Log) -> None:
        note = signer.sign(statements.write(log.statement(**changes)))
        log.add(
            bid_words.CONFIRMED,
            person=person,
            place=1,
            key=str(signer.verifier),
            statement=note,
        )

    return step


def opened(**changes: object) -> Step:
    """Open the bids; `changes` are forged fields."""
    fields: dict[str, object] = {
        "count": 2,
        "officers": [ADA, BEN],
        "bids": {"B-1": envelope("B-1", 2), "B-2": envelope("B-2", 1)},
        "differing": [],
        "flaws": {},
    }
    return lambda log: log.add(bid_words.OPENED, **fields | changes)


# What happened, each step by its name, in its order.
STORY: Mapping[str, Step] = {
    "published": published,
    "ada named": named(ADA, KEYS[ADA]),
    "ben named": named(BEN, KEYS[BEN]),
    "cleo named": named(CLEO, None),
    "first": submitted("B-1", 1),
    "other": submitted("B-2", 1),
    "second": submitted("B-1", 2),
    "third": submitted("B-3", 1),
    "third withdrawn": withdrawn("B-3", 1),
    "closed": closed(),
    "ada signed": confirmed(ADA, KEYS[ADA]),
    "ben signed": confirmed(BEN, KEYS[BEN]),
    "opened": opened(),
}


def told(steps: Iterable[Step]) -> Log:
    """Have the steps happen one after another."""
    log = Log()
    for step in steps:
        step(log)
    return log


def story(
    *, without: Iterable[str] = (), after: Mapping[str, Step] | None = None, **instead: Step
) -> Log:
    """Tell the story with steps left out, put in after others, or taken the place of.

    A step that takes another's place is named with `_` for each space.
    """
    instead = {name.replace("_", " "): step for name, step in instead.items()}
    assert instead.keys() | set(without) | (after or {}).keys() <= STORY.keys()
    steps = []
    for name, step in STORY.items():
        if name not in set(without):
            steps.append(instead.get(name, step))
        if after and name in after:
            steps.append(after[name])
    return told(steps)


def _salt(n: int, name: str) -> bytes:
    return hashlib.sha256(json.dumps([n, name]).encode()).digest()


def _nodes(leaves: list[bytes]) -> dict[tree.Node, bytes]:
    found: dict[tree.Node, bytes] = {}
    frontier: list[bytes] = []
    for size, leaf in enumerate(leaves):
        frontier, complete = tree.grow(frontier, size, leaf)
        found.update(complete)
    return found

"""The `chain/1` format: one challenge's entries with proofs, and what follows from them. Pure.

`docs/verification.md`, section 8, describes it byte by byte. A chain is checked without a site, a
database or an account, by whoever holds the file and trusts a key of the log.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from marketplace.core.audit import entries, letter_order, omissions, opening_check, tree, trust
from marketplace.core.audit.entries import DamagedEntry, Entry
from marketplace.core.audit.findings import (
    Finding,
    Status,
    asserted,
    bounded,
    by_count,
    failed,
    withheld,
)
from marketplace.core.audit.receipt_check import Verdict, verdict
from marketplace.core.audit.receipts import Disclosed
from marketplace.core.audit.signing import BadNote, Verifier
from marketplace.core.audit.told import Told
from marketplace.core.audit.trust import Checkpoint
from marketplace.core.text import N_
from scoring.engine.canonical import canonical

FORMAT = "chain/1"
_KEYS = {"v", "chain", "checkpoint", "entries"}
_LINK_KEYS = {"entry", "disclosed", "proof"}


class DamagedChain(ValueError):
    """The bytes are no chain in its one form; the message says what is wrong."""


@dataclass(frozen=True)
class Link:
    """One entry: its bytes, the fields that are shown, and its inclusion proof."""

    entry: bytes
    disclosed: Mapping[str, Disclosed]
    proof: Sequence[bytes]


@dataclass(frozen=True)
class Chain:
    """What the file says: whose chain, under which checkpoint (a note), and the entries."""

    chain: str
    checkpoint: str
    links: Sequence[Link]


@dataclass(frozen=True)
class Checked:
    """What was found; `chain` is None where the bytes could not be read as one.

    `opening` says how sure it is that two officers opened the bids after closing; None where no
    opening is recorded, or the entries could not be read. `told` are the entries, as far as they
    could be; `whole` says that they are one chain in the log, whatever they tell.
    """

    findings: Sequence[Finding]
    verdict: Verdict
    chain: Chain | None = None
    signer: Verifier | None = None
    opening: Status | None = None
    told: Sequence[Told] = ()
    whole: bool = False


def build(chain: Chain) -> bytes:
    """Write a chain as the bytes of its file."""
    return canonical(
        {
            "v": FORMAT,
            "chain": chain.chain,
            "checkpoint": chain.checkpoint,
            "entries": [
                {
                    "entry": link.entry.decode(),
                    "disclosed": {
                        name: {"salt": field.salt.hex(), "value": field.value}
                        for name, field in link.disclosed.items()
                    },
                    "proof": [step.hex() for step in link.proof],
                }
                for link in chain.links
            ],
        }
    )


def parse(content: bytes) -> Chain:
    """Read the bytes of a file back, strictly: they must be what `build` makes.

    Raises:
        DamagedChain: they are not.
    """
    try:
        found = json.loads(content)
        if not isinstance(found, dict) or set(found) != _KEYS or found["v"] != FORMAT:
            raise DamagedChain(f"an object with the keys of {FORMAT} was expected")
        chain = Chain(
            entries.read_text(found["chain"]),
            entries.read_text(found["checkpoint"]),
            [_link(link) for link in found["entries"]],
        )
        same = build(chain) == content
    except DamagedChain:
        raise
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as error:
        raise DamagedChain(f"not a {FORMAT} file: {error}") from error
    if not same:
        raise DamagedChain("not in canonical form")
    return chain


def looks_like(content: bytes) -> bool:
    """Tell whether bytes begin as a chain's file does."""
    return content.startswith(b'{"chain":"') and b'"v":"chain/1"' in content[-20:]


def check(content: bytes, known: Sequence[Verifier]) -> Checked:
    """Check a chain's file against the keys that the reader trusts."""
    try:
        chain = parse(content)
    except DamagedChain as error:
        return _unreadable(N_("This is not a chain as a log writes it: %(why)s"), "file", error)
    return check_chain(chain, known)


def check_chain(chain: Chain, known: Sequence[Verifier]) -> Checked:
    """Check a chain, however it was written down, against the keys that the reader trusts."""
    try:
        checkpoint, signer = trust.open_checkpoint(chain.checkpoint, known)
    except BadNote as error:
        return _unreadable(N_("The checkpoint cannot be used: %(why)s"), "checkpoint", error)
    sure = Status.PROVEN if signer else Status.ASSERTED
    said = [_signature(checkpoint, signer)]
    try:
        read = [entries.read(link.entry) for link in chain.links]
    except DamagedEntry as error:
        said.append(failed(N_("An entry cannot be read: %(why)s"), "entries", why=str(error)))
        return Checked(said, Verdict.FAILED, chain, signer)
    told, whole = _told(chain, read), True
    for faults, holds in (
        (_broken(chain, told), N_("The chain has no gap: %(count)s entries, each with the next")),
        (
            _unproven(chain, read, checkpoint),
            N_("All %(count)s entries are in the log that the checkpoint signs"),
        ),
        (_unlike(chain, read), N_("Every value that is shown is the one that was recorded")),
    ):
        found = list(bounded(faults, "entries"))
        whole = whole and not found
        said += found or [Finding(sure, holds, "entries", (("count", len(read)),))]
    opening = opening_check.check(checkpoint.origin, told, sure)
    said += bounded([*opening.findings, *letter_order.check(told, sure)], "entries")
    hidden = sum(
        name not in link.disclosed
        for link, entry in zip(chain.links, read, strict=True)
        for name in entry.fields
    )
    if hidden:
        said.append(
            withheld(
                by_count(
                    hidden,
                    N_("One value is not shown here; its digest is"),
                    N_("%(count)s values are not shown here; their digests are"),
                ),
                "entries",
                count=hidden,
            )
        )
    said.append(
        asserted(
            N_(
                "That the checkpoint covers no further entry of this chain is the log's word; "
                "a later file that begins otherwise would show it to be false"
            ),
            "entries",
        )
    )
    overall = verdict(said, trusted=signer is not None)
    return Checked(said, overall, chain, signer, opening.status, told, whole)


def _unreadable(what: str, where: str, why: Exception) -> Checked:
    return Checked([failed(what, where, why=str(why))], Verdict.FAILED)


def _signature(checkpoint: Checkpoint, signer: Verifier | None) -> Finding:
    where = f"checkpoint {checkpoint.size}"
    if signer is not None:
        return Finding(
            Status.PROVEN,
            N_("The checkpoint is signed by %(name)s with a key that is known"),
            where,
            (("name", signer.name),),
        )
    return asserted(
        N_("The checkpoint is signed in the name of %(name)s with a key that is not known here"),
        where,
        name=checkpoint.origin,
    )


def _broken(chain: Chain, told: Sequence[Told]) -> Iterator[Finding]:
    """Find where the entries are not one chain: another's, out of number, or not linked."""
    if not told:
        yield failed(N_("There is no entry"), "entries")
    for each in told:
        if each.entry.chain != chain.chain:
            yield failed(N_("It is of another chain"), each.where)
    yield from omissions.gaps(told)
    if told and told[0].entry.prev is not None and told[0].entry.cn == 1:
        yield failed(N_("It is the first and refers to one before"), told[0].where)
    yield from omissions.unlinked(told)


def _unproven(chain: Chain, read: Sequence[Entry], checkpoint: Checkpoint) -> Iterator[Finding]:
    for link, entry in zip(chain.links, read, strict=True):
        leaf = tree.leaf_hash(link.entry)
        if not tree.includes(leaf, entry.n, checkpoint.size, link.proof, checkpoint.root):
            yield failed(
                N_("The proof does not lead from the entry to the checkpoint"), _where(entry)
            )


def _unlike(chain: Chain, read: Sequence[Entry]) -> Iterator[Finding]:
    for link, entry in zip(chain.links, read, strict=True):
        for name, field in sorted(link.disclosed.items()):
            digest = entries.field_digest(field.salt, entries.value_bytes(field.value))
            if entry.fields.get(name) != digest:
                yield failed(
                    N_("The value of “%(name)s” is not the one that was recorded"),
                    _where(entry),
                    name=name,
                )


def _told(chain: Chain, read: Sequence[Entry]) -> list[Told]:
    return [
        Told(
            entry,
            tree.leaf_hash(link.entry),
            {name: field.value for name, field in link.disclosed.items()},
        )
        for link, entry in zip(chain.links, read, strict=True)
    ]


def _where(entry: Entry) -> str:
    return f"entry {entry.n}"


def _link(found: object) -> Link:
    if not isinstance(found, dict) or set(found) != _LINK_KEYS:
        raise DamagedChain("an entry does not have the keys of one")
    disclosed = {}
    for name, field in found["disclosed"].items():
        if set(field) != {"salt", "value"}:
            raise DamagedChain("a field that is shown has a salt and a value")
        disclosed[name] = Disclosed(entries.read_digest(field["salt"]), field["value"])
    return Link(
        entries.read_text(found["entry"]).encode(),
        disclosed,
        [entries.read_digest(step) for step in found["proof"]],
    )

"""Checks the log that a report carries: whole, signed, and what witnesses saw of it. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marketplace.core.audit import chains, entries, omissions, receipts, signing, tree, trust
from marketplace.core.audit.chains import DamagedChain
from marketplace.core.audit.findings import (
    Finding,
    Status,
    Vouching,
    asserted,
    by_count,
    failed,
)
from marketplace.core.audit.receipt_check import Newer
from marketplace.core.audit.receipts import DamagedReceipt, Disclosed
from marketplace.core.audit.signing import BadKey, BadNote, Verifier
from marketplace.core.audit.told import Told
from marketplace.core.text import N_
from scoring.engine.canonical import canonical
from scoring.report.bundle import PROOFS
from scoring.report.verifying.counting import miscounted
from scoring.report.verifying.files import DamagedReport, Files

FROZEN, MADE = "report.frozen", "report.made"
ANOTHER_FILE = N_("The file that was made then is another one, by its digest")


@dataclass(frozen=True)
class Made:
    """A report's file: its number and edition, and its digest in hexadecimal digits."""

    number: str
    edition: str
    sha256: str


@dataclass(frozen=True)
class History:
    """The chain as it was checked.

    `sure` is what a fact is that follows from it: proven where a trusted key signed the checkpoint,
    else asserted. `told` are its entries in order; empty where it could not be read.
    """

    findings: Sequence[Finding]
    told: Sequence[Told]
    sure: Status
    signer: Verifier | None
    checkpoint: trust.Checkpoint | None

    def of(self, *actions: str) -> list[Told]:
        """Give the entries of some actions, in order."""
        return [each for each in self.told if each.action in actions]


def read(files: Files, known: Sequence[Verifier]) -> History:
    """Put the chain's file together from the report's, and check it as one.

    Raises:
        DamagedReport: events or proofs have another form.
    """
    proofs = _proofs(files)
    chain = _chain(files, proofs)
    trusted = _with_changes(known, proofs["changes"])
    checked = chains.check_chain(chain, trusted)
    if not checked.told:
        return History(checked.findings, [], Status.ASSERTED, None, None)
    sure = Status.PROVEN if checked.signer else Status.ASSERTED
    told = checked.told
    checkpoint, _signer = trust.open_checkpoint(chain.checkpoint, trusted)
    found = [
        *checked.findings,
        *_impostor(checkpoint, checked.signer, known),
        *_earlier(proofs["earlier"], checkpoint, trusted, sure),
        *_frozen(files, told, checkpoint, sure),
    ]
    return History(found, told, sure, checked.signer, checkpoint)


def against(
    history: History,
    known: Sequence[Verifier],
    *,
    receipt: str | None = None,
    newer: Newer | None = None,
    copy: bytes | None = None,
    made: Made | None = None,
) -> Iterator[Finding]:
    """Hold the log against what others keep of it: a receipt of a bid, a checkpoint of any time,
    the file of the chain.

    A log that was written anew and signed again is found by these alone, and what was left out of
    it is named by the last, which also tells whether a file is the very one that was `made`.
    """
    if receipt is not None:
        yield from _receipt(history, receipt, known)
    if newer is not None:
        yield from _checkpoint(history, newer, known)
    if copy is not None:
        yield from _copy(history, copy, known, made)
    if receipt is None and newer is None and copy is None:
        yield asserted(
            N_(
                "That the log was never written anew was not checked against anybody else’s copy: "
                "that takes a bidder’s receipt, or a checkpoint or chain that somebody kept"
            ),
            "log",
        )


def _chain(files: Files, proofs: Mapping[str, Any]) -> chains.Chain:
    lines = files.content.get("events.jsonl", b"").removesuffix(b"\n").split(b"\n")
    steps = proofs["inclusion"]
    if len(steps) != len(lines):
        raise DamagedReport(miscounted(lines, len(steps)))
    links = []
    for number, (line, proof) in enumerate(zip(lines, steps, strict=True), 1):
        try:
            found = json.loads(line)
            if canonical(found) != line:
                raise ValueError("it is not in canonical form")
            links.append(
                chains.Link(
                    entries.read_text(found["entry"]).encode(),
                    {
                        name: Disclosed(entries.read_digest(each["salt"]), each["value"])
                        for name, each in found["disclosed"].items()
                    },
                    [entries.read_digest(step) for step in proof],
                )
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise DamagedReport(f"events.jsonl, line {number}: {error}") from error
    return chains.Chain(str(proofs["chain"]), str(proofs["checkpoint"]), links)


def _proofs(files: Files) -> Mapping[str, Any]:
    found = files.json("proofs.json")
    keys = {"v", "chain", "checkpoint", "inclusion", "earlier", "keys", "changes", "stamp"}
    if not isinstance(found, dict) or set(found) != keys or found["v"] != PROOFS:
        raise DamagedReport(f"proofs.json is no {PROOFS}")
    if not all(isinstance(found[key], list) for key in ("inclusion", "earlier", "keys", "changes")):
        raise DamagedReport("proofs.json has no list where one was expected")
    return found


def _with_changes(known: Sequence[Verifier], changes: Sequence[object]) -> list[Verifier]:
    """Add the keys to which the trusted ones lead on; what leads nowhere is left out."""
    try:
        return trust.follow(known, [str(each) for each in changes])
    except BadKey:
        return list(known)


def _impostor(
    checkpoint: trust.Checkpoint, signer: Verifier | None, known: Sequence[Verifier]
) -> Iterator[Finding]:
    """A log whose keys the reader has is signed by one of them, or by somebody else."""
    if signer is None and any(key.name == checkpoint.origin for key in known):
        yield failed(
            N_(
                "It calls itself %(name)s, and none of the keys of that log that you trust signed "
                "it: somebody else made it"
            ),
            f"checkpoint {checkpoint.size}",
            name=checkpoint.origin,
        )


def _earlier(
    earlier: Sequence[Mapping[str, Any]],
    last: trust.Checkpoint,
    known: Sequence[Verifier],
    sure: Status,
) -> Iterator[Finding]:
    """The checkpoints of the steps before are continued by the last one."""
    fine = 0
    for each in earlier:
        try:
            before, signer = trust.open_checkpoint(str(each["checkpoint"]), known)
            proof = [entries.read_digest(step) for step in each["consistency"]]
        except (BadNote, ValueError, TypeError, KeyError) as error:
            yield failed(
                N_("An earlier checkpoint cannot be used: %(why)s"), "proofs.json", why=str(error)
            )
            continue
        where = f"checkpoint {before.size}"
        if before.origin != last.origin or not tree.extends(
            before.size, last.size, proof, before.root, last.root
        ):
            yield failed(
                N_("The log does not continue this earlier checkpoint: it was written anew"), where
            )
        elif signer is None and sure is Status.PROVEN:
            yield failed(N_("This earlier checkpoint is signed by no key that is known"), where)
        else:
            fine += 1
    if fine:
        yield Finding(
            sure,
            by_count(
                fine,
                N_("The log continues the one checkpoint that was signed at its steps"),
                N_("The log continues the %(count)s checkpoints that were signed at its steps"),
            ),
            "log",
            (("count", fine),),
        )


def _frozen(
    files: Files, told: Sequence[Told], checkpoint: trust.Checkpoint, sure: Status
) -> Iterator[Finding]:
    """The last entry froze this very report, and says how many stand before it."""
    manifest = files.manifest
    last = told[-1] if told else None
    if last is None or last.action != FROZEN:
        yield failed(N_("The chain does not end with the entry that froze this report"), "log")
        return
    if manifest["entries"] != len(told) or manifest["size"] != checkpoint.size:
        yield failed(N_("The manifest tells of another chain than the one in this file"), "log")
    if last.known("number") != manifest["report"]:
        yield failed(
            N_("The entry that froze the report names %(found)s; this file says %(wanted)s"),
            last.where,
            found=last.known("number"),
            wanted=manifest["report"],
        )
    if "entries" in last.shown and last.shown["entries"] != len(told) - 1:
        yield failed(
            N_("The report was frozen after %(found)s entries; %(wanted)s are in this file"),
            last.where,
            found=last.shown["entries"],
            wanted=len(told) - 1,
        )
    if files.edition == "full":
        facts = files.content.get("report.json", b"").rstrip(b"\n")
        if hashlib.sha256(facts).hexdigest() == last.known("facts_sha256"):
            yield Finding(sure, N_("The printed facts are those that were frozen"), "report.json")
        else:
            yield failed(
                N_("The facts are not those that were frozen with the decision"), "report.json"
            )


def _receipt(history: History, given: str, known: Sequence[Verifier]) -> Iterator[Finding]:
    try:
        opened = signing.open_note(receipts.find_note(given), known)
        receipt = receipts.read(opened.text)
    except (BadNote, DamagedReceipt) as error:
        yield failed(N_("The receipt cannot be used: %(why)s"), "receipt", why=str(error))
        return
    where = f"entry {receipt.place}"
    found = next((each for each in history.told if each.n == receipt.place), None)
    if found is None or found.leaf != tree.leaf_hash(receipt.entry):
        yield failed(
            N_(
                "The receipt of bid %(bid)s, version %(version)s, is for an entry that this log "
                "does not have: it was left out, or the log was written anew"
            ),
            where,
            bid=receipt.bid,
            version=receipt.version,
        )
        return
    signer = any(key.name == receipt.origin for key in opened.signed_by)
    yield Finding(
        Status.PROVEN if signer else Status.ASSERTED,
        N_("The log has the entry of which the receipt of bid %(bid)s tells"),
        where,
        (("bid", receipt.bid),),
    )


def _checkpoint(history: History, newer: Newer, known: Sequence[Verifier]) -> Iterator[Finding]:
    """Hold the report's checkpoint against one that somebody kept, older or newer."""
    last = history.checkpoint
    try:
        kept, signer = trust.open_checkpoint(newer.note, known)
    except BadNote as error:
        what = N_("The checkpoint given cannot be used: %(why)s")
        yield failed(what, "checkpoint", why=str(error))
        return
    if last is None:
        return
    where = f"checkpoint {kept.size}"
    if kept.origin != last.origin:
        what = N_("The checkpoint given is of another log: %(name)s")
        yield failed(what, where, name=kept.origin)
        return
    if kept.size == last.size:
        same = kept.root == last.root
    elif newer.proof is None:
        yield asserted(
            N_(
                "Whether the log agrees with the checkpoint given was not checked: that takes the "
                "consistency proof between the two sizes"
            ),
            where,
        )
        return
    elif kept.size < last.size:
        same = tree.extends(kept.size, last.size, newer.proof, kept.root, last.root)
    else:
        same = tree.extends(last.size, kept.size, newer.proof, last.root, kept.root)
    if not same:
        yield failed(
            N_("This report’s log is not the one of the checkpoint given: one was written anew"),
            where,
        )
        return
    yield Finding(
        Status.PROVEN if signer else Status.ASSERTED,
        N_("The log in this report and the one of the checkpoint given are the same"),
        where,
    )


def _copy(
    history: History, content: bytes, known: Sequence[Verifier], made: Made | None
) -> Iterator[Finding]:
    """Hold the chain against the file of it that somebody kept, or that the site gives out."""
    try:
        copy = chains.parse(content)
        checkpoint, signer = trust.open_checkpoint(copy.checkpoint, known)
    except (DamagedChain, BadNote) as error:
        yield failed(N_("The chain given cannot be used: %(why)s"), "chain", why=str(error))
        return
    checked = chains.check_chain(copy, known)
    last = history.checkpoint
    if last is None:
        return
    if checkpoint.origin != last.origin or copy.chain != history.told[0].entry.chain:
        yield failed(N_("The chain given is of another log or challenge"), "chain")
    elif not checked.whole:
        yield failed(N_("The chain given is not whole itself"), "chain")
    else:
        sure = Status.PROVEN if signer else Status.ASSERTED
        yield from omissions.against(history.told, checked.told, checkpoint.size, sure)
        if made is not None:
            yield from _very_file(checked.told, made, sure)


def _very_file(copy: Sequence[Told], made: Made, sure: Status) -> Iterator[Finding]:
    """A copy of the chain goes on behind the report's end: it tells which files were made of it."""
    told = [
        each
        for each in copy
        if each.action == MADE
        and (each.known("number"), each.known("edition")) == (made.number, made.edition)
    ]
    this = next((each for each in told if each.known("sha256") == made.sha256), None)
    if this is not None:
        what = N_("This is the very file that was made then, byte for byte")
        kind = Vouching if sure is Status.PROVEN else Finding
        yield kind(sure, what, this.where)
    elif told:
        yield failed(ANOTHER_FILE, told[-1].where)
    else:
        yield asserted(
            N_(
                "The chain given does not tell yet that this edition of this report was made; one "
                "of a later day does"
            ),
            "chain",
        )

"""Checks a receipt, and says of each fact how sure a reader can be. Pure.

The order is that of `docs/verification.md`, section 7. No more is called proven than follows from
the bytes by arithmetic and from the signature of a key that the reader trusts; the instants are
the log's own word, whoever signed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from marketplace.core.audit import entries, receipts, signing, tree, trust
from marketplace.core.audit.findings import Finding, Status, asserted, failed, is_sound, withheld
from marketplace.core.audit.receipts import DamagedReceipt, Receipt
from marketplace.core.audit.signing import BadNote, Verifier
from marketplace.core.text import N_

# How long after closing what arrived before it may still be recorded.
GRACE = timedelta(seconds=60)


class Verdict(StrEnum):
    """What a check comes to as a whole.

    `UNVOUCHED` is of a file that holds more than is signed: what is inside agrees with what a known
    key signed, and nothing shows that the rest is as it was made.
    """

    PROVEN = "proven"
    UNVOUCHED = "consistent, file not vouched for"
    SIGNER_UNKNOWN = "consistent, signer unknown"
    FAILED = "failed"
    ANOTHER_KIND = "not evidence of this kind"


VERDICT_WORDS = {
    Verdict.PROVEN: N_("File unchanged, sums agree, and the key that signed it is known."),
    Verdict.UNVOUCHED: N_(
        "What is inside agrees, but nobody vouches for this file: its pages, and files in it that "
        "the log does not cover, could have been changed."
    ),
    Verdict.SIGNER_UNKNOWN: N_("The sums agree. Who signed it is not known here."),
    Verdict.FAILED: N_("Something does not agree."),
    Verdict.ANOTHER_KIND: N_("This is no award report, receipt or passport of this kind."),
}


@dataclass(frozen=True)
class Newer:
    """A checkpoint of the log as it was later, and the consistency proof up to it where given."""

    note: str
    proof: Sequence[bytes] | None = None


@dataclass(frozen=True)
class Checked:
    """What was found; `receipt` is None where the text could not be read as one.

    `signer` is the known key that signed the receipt, if any.
    """

    findings: Sequence[Finding]
    verdict: Verdict
    receipt: Receipt | None = None
    signer: Verifier | None = None


def check(note: str, known: Sequence[Verifier], newer: Newer | None = None) -> Checked:
    """Check a receipt against the keys that the reader trusts, and a newer checkpoint if given."""
    try:
        opened = signing.open_note(note, known)
    except BadNote as error:
        why = N_("The signature cannot be right: %(why)s")
        return Checked([failed(why, "signature", why=str(error))], Verdict.FAILED)
    try:
        receipt = receipts.read(opened.text)
    except DamagedReceipt as error:
        return unreadable(error)
    signer = next((key for key in opened.signed_by if key.name == receipt.origin), None)
    sure = Status.PROVEN if signer else Status.ASSERTED
    found = [
        _signature(receipt, signer, opened),
        *_entry(receipt, sure),
        _inclusion(receipt, sure),
        _in_time(receipt),
        withheld(
            N_("The bid itself is not in its receipt; its fingerprint is %(envelope)s"),
            "envelope",
            envelope=receipt.envelope.hex(),
        ),
    ]
    if newer is None:
        found.append(
            asserted(
                N_(
                    "Whether the log still holds this entry was not checked: "
                    "that takes a newer checkpoint of the log"
                ),
                "checkpoint",
            )
        )
        trusted = signer is not None
    else:
        later, trusted_too = _later(receipt, known, newer, sure)
        found.append(later)
        trusted = signer is not None and trusted_too
    return Checked(found, verdict(found, trusted=trusted), receipt, signer)


def verdict(found: Sequence[Finding], *, trusted: bool, vouched: bool = True) -> Verdict:
    """Say what findings come to: whether all that is signed was signed by known keys, and whether
    that vouches for the whole file.
    """
    if not is_sound(found):
        return Verdict.FAILED
    if not trusted:
        return Verdict.SIGNER_UNKNOWN
    return Verdict.PROVEN if vouched else Verdict.UNVOUCHED


def unreadable(why: DamagedReceipt) -> Checked:
    """Say that a text is no receipt in its one form, and why."""
    what = N_("This is not a receipt as a log writes it: %(why)s")
    return Checked([failed(what, "text", why=str(why))], Verdict.FAILED)


def _signature(receipt: Receipt, signer: Verifier | None, opened: signing.Opened) -> Finding:
    if signer is not None:
        return Finding(
            Status.PROVEN,
            N_("Signed by %(name)s with a key that is known, and unchanged since"),
            "signature",
            (("name", signer.name),),
        )
    names = {*opened.others, *(key.name for key in opened.signed_by)}
    if receipt.origin not in names:
        return failed(
            N_("It says that it is of %(name)s, and is signed in another name"),
            "signature",
            name=receipt.origin,
        )
    return asserted(
        N_(
            "Signed in the name of %(name)s with a key that is not known here: "
            "who made it, and whether it was changed, is not proven"
        ),
        "signature",
        name=receipt.origin,
    )


def _entry(receipt: Receipt, sure: Status) -> Iterator[Finding]:
    """Compare what the receipt says with the entry, and the entry with its disclosed fields."""
    where = f"entry {receipt.place}"
    try:
        entry = entries.read(receipt.entry)
    except entries.DamagedEntry as error:
        yield failed(N_("The entry of the log cannot be read: %(why)s"), where, why=str(error))
        return
    faults = [
        *_differences(receipt, entry, where),
        *_undisclosed(receipt, entry),
    ]
    yield from faults
    if not faults:
        yield Finding(
            sure,
            N_(
                "The receipt says what the entry of the log holds: version %(version)s of bid "
                "%(bid)s for challenge %(challenge)s"
            ),
            where,
            (
                ("version", receipt.version),
                ("bid", receipt.bid),
                ("challenge", receipt.challenge),
            ),
        )


def _differences(receipt: Receipt, entry: entries.Entry, where: str) -> Iterator[Finding]:
    pairs = (
        ("action", receipts.ACTION, entry.action),
        ("challenge", receipt.challenge, entry.chain),
        ("place", receipt.place, entry.n),
        ("recorded", receipt.recorded, entry.at),
        ("size", receipt.size, receipt.place + 1),
    )
    for name, said, held in pairs:
        if said != held:
            yield failed(N_("The receipt and the entry differ in “%(name)s”"), where, name=name)
    for name, value in receipts.repeated(receipt).items():
        field = receipt.disclosed.get(name)
        if field is None or field.value != value or type(field.value) is not type(value):
            yield failed(N_("The receipt and the entry differ in “%(name)s”"), where, name=name)


def _undisclosed(receipt: Receipt, entry: entries.Entry) -> Iterator[Finding]:
    for name in sorted({*entry.fields, *receipt.disclosed}):
        field = receipt.disclosed.get(name)
        if field is None:
            yield failed(N_("A field of the entry is missing from the receipt"), f"field {name}")
        elif name not in entry.fields:
            yield failed(N_("The entry has no field of this name"), f"field {name}")
        elif (
            entries.field_digest(field.salt, entries.value_bytes(field.value))
            != (entry.fields[name])
        ):
            yield failed(
                N_("The value is not the one that the entry was made with"), f"field {name}"
            )


def _inclusion(receipt: Receipt, sure: Status) -> Finding:
    leaf = tree.leaf_hash(receipt.entry)
    where = f"place {receipt.place}"
    if not tree.includes(leaf, receipt.place, receipt.size, receipt.proof, receipt.root):
        return failed(N_("The proof does not lead from the entry to the root of the log"), where)
    return Finding(
        sure,
        N_("The entry stood at place %(place)s when the log had %(size)s entries"),
        where,
        (("place", receipt.place), ("size", receipt.size)),
    )


def _in_time(receipt: Receipt) -> Finding:
    instants = {
        "arrived": entries.write_instant(receipt.arrived),
        "recorded": entries.write_instant(receipt.recorded),
        "closes_at": entries.write_instant(receipt.closes_at),
    }
    if receipt.arrived < receipt.closes_at and receipt.recorded - receipt.closes_at < GRACE:
        return asserted(
            N_(
                "In time, by the log's own clock: it arrived %(arrived)s and was recorded "
                "%(recorded)s; closing was %(closes_at)s"
            ),
            "time",
            **instants,
        )
    return failed(
        N_(
            "Not in time by its own instants: it arrived %(arrived)s and was recorded "
            "%(recorded)s; closing was %(closes_at)s"
        ),
        "time",
        **instants,
    )


def _later(
    receipt: Receipt, known: Sequence[Verifier], newer: Newer, sure: Status
) -> tuple[Finding, bool]:
    """Compare with a newer checkpoint; tell too whether a known key signed that one."""
    try:
        checkpoint, signer = trust.open_checkpoint(newer.note, known)
    except BadNote as error:
        return failed(
            N_("The checkpoint cannot be used: %(why)s"), "checkpoint", why=str(error)
        ), True
    where, size = f"checkpoint {checkpoint.size}", checkpoint.size
    if checkpoint.origin != receipt.origin:
        return failed(N_("The checkpoint is of another log than the receipt"), where), True
    sure = sure if signer else Status.ASSERTED
    if size < receipt.size:
        return (
            asserted(
                N_("The checkpoint is older than the receipt, so nothing follows from it"), where
            ),
            signer is not None,
        )
    proof = () if size == receipt.size and newer.proof is None else newer.proof
    if proof is None:
        return (
            asserted(
                N_(
                    "The checkpoint is newer than the receipt, but without a consistency proof "
                    "from %(old)s to %(size)s entries the two cannot be compared"
                ),
                where,
                old=receipt.size,
                size=size,
            ),
            signer is not None,
        )
    if not tree.extends(receipt.size, size, proof, receipt.root, checkpoint.root):
        return (
            failed(
                N_(
                    "The log of this checkpoint does not begin with the log of the receipt: "
                    "either the proof is another's, or history was changed"
                ),
                where,
            ),
            signer is not None,
        )
    return (
        Finding(
            sure,
            N_(
                "The log of %(size)s entries begins with the log in which the receipt was given: "
                "this entry and all before it are unchanged in it"
            ),
            where,
            (("size", size),),
        ),
        signer is not None,
    )

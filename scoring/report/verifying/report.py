"""Checks a whole report, and says what it comes to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from marketplace.core.audit.findings import Finding, Vouching, bounded, failed
from marketplace.core.audit.receipt_check import Newer, Verdict, verdict
from marketplace.core.audit.signing import Verifier
from marketplace.core.text import N_
from scoring.report.verifying import (
    container,
    decision,
    files,
    history,
    printed,
    results,
    rules,
    scores,
    sealed,
    signature,
)
from scoring.report.verifying.files import DamagedReport, Files, OtherFile
from scoring.report.verifying.history import History
from scoring.report.verifying.signature import Trusted

Step = Callable[[Files, History], Iterator[Finding]]


class Part(StrEnum):
    """What of a report findings are about."""

    SIGNATURE = "signature"
    FILES = "files"
    LOG = "log"
    RULES = "rules"
    BIDS = "bids"
    SCORES = "scores"
    RESULT = "result"
    DECISION = "decision"
    PAGES = "pages"


# In the order in which a person would look: the rules, who came in time, how each was scored,
# what follows, who decided.
STEPS: Mapping[Part, Step] = {
    Part.RULES: rules.check,
    Part.BIDS: sealed.check,
    Part.SCORES: scores.check,
    Part.RESULT: results.check,
    Part.DECISION: decision.check,
}


@dataclass(frozen=True)
class Checked:
    """What was found of a report, part by part.

    `number`, `edition`, `entries` and `size` are what its manifest says, empty where it cannot be
    read; `signer` is the known key that signed the log's checkpoint, if any.
    """

    parts: Mapping[Part, Sequence[Finding]]
    verdict: Verdict
    number: str = ""
    edition: str = ""
    entries: int = 0
    size: int = 0
    signer: Verifier | None = None

    @property
    def findings(self) -> list[Finding]:
        """Give all that was found, one part after another."""
        return [finding for found in self.parts.values() for finding in found]

    def with_finding(self, part: Part, finding: Finding) -> Checked:
        """Add what was found of the whole file besides, and say what all comes to then."""
        parts = {**self.parts, part: [*self.parts.get(part, ()), finding]}
        return replace(self, parts=parts, verdict=_verdict(parts, self.signer))


@dataclass(frozen=True)
class Log:
    """Of which chain a report tells, and over how many entries its checkpoint is."""

    chain: str
    size: int


def log_of(pdf: bytes, known: Sequence[Verifier]) -> Log | None:
    """Give what a report says of the log; None where it is none, or no known key signed it."""
    try:
        told = history.read(files.read(files.take_out(pdf)), known)
    except DamagedReport:
        return None
    if told.signer is None or told.checkpoint is None:
        return None
    return Log(told.told[0].entry.chain, told.checkpoint.size)


def check(
    pdf: bytes,
    known: Sequence[Verifier],
    *,
    receipt: str | None = None,
    newer: Newer | None = None,
    copy: bytes | None = None,
    anchors: Sequence[bytes] = (),
    fingerprints: Sequence[bytes] = (),
) -> Checked:
    """Check a report's PDF against the keys and certificates that the reader trusts, and against
    what others kept.
    """
    try:
        content = files.take_out(pdf)
    except OtherFile:
        what = N_("An award report carries its evidence as files inside. This PDF carries none")
        return Checked({Part.FILES: [failed(what, "file")]}, Verdict.ANOTHER_KIND)
    except DamagedReport as error:
        return _unreadable(error)
    return check_files(
        content,
        known,
        receipt=receipt,
        newer=newer,
        copy=copy,
        pdf=pdf,
        certificates=Trusted(anchors, fingerprints),
    )


def check_files(
    content: Mapping[str, bytes],
    known: Sequence[Verifier],
    *,
    receipt: str | None = None,
    newer: Newer | None = None,
    copy: bytes | None = None,
    pdf: bytes | None = None,
    certificates: Trusted | None = None,
) -> Checked:
    """Check the files of a report by themselves; with `pdf` its pages and signature too.

    Without it the verdict is about what the log covers, and says nothing of the other files.
    """
    try:
        found = files.read(content)
    except DamagedReport as error:
        return _unreadable(error)
    parts: dict[Part, list[Finding]] = {}
    if pdf is not None:
        parts[Part.SIGNATURE] = [*signature.check(pdf, certificates, body=_body(found))]
    parts[Part.FILES] = [*files.check(found)]
    try:
        told = history.read(found, known)
    except DamagedReport as error:
        what = N_("The log in this award report cannot be read: %(why)s")
        parts[Part.LOG] = [failed(what, "log", why=str(error))]
        return Checked(parts, Verdict.FAILED)
    if pdf is not None:
        carried = _guarded(lambda those, _history: container.check(pdf, those), found, told)
        parts[Part.FILES] += carried
    parts[Part.LOG] = [
        *told.findings,
        *history.against(
            told, known, receipt=receipt, newer=newer, copy=copy, made=_made(found, pdf)
        ),
    ]
    for part, step in STEPS.items():
        parts[part] = [*_guarded(step, found, told)]
    if pdf is not None:
        pages = _guarded(lambda those, _history: printed.check(pdf, those), found, told)
        parts[Part.PAGES] = [*pages]
    parts = {part: [*bounded(found, part.value)] for part, found in parts.items()}
    return Checked(
        parts,
        _verdict(parts, told.signer, whole=pdf is not None),
        str(found.manifest["report"]),
        found.edition,
        int(found.manifest["entries"]),
        int(found.manifest["size"]),
        told.signer,
    )


def _verdict(
    parts: Mapping[Part, Sequence[Finding]], signer: Verifier | None, *, whole: bool = True
) -> Verdict:
    """A `whole` file is proven by what vouches for every byte of it: the log has the digests of few
    of its files, and of no page.
    """
    said = [finding for found in parts.values() for finding in found]
    vouched = not whole or any(isinstance(each, Vouching) for each in said)
    return verdict(said, trusted=signer is not None, vouched=vouched)


def _body(found: Files) -> str:
    """Give the body of which a report says that it is; empty where it does not say so."""
    try:
        said = found.json("report.json")["body"]
    except (DamagedReport, KeyError, TypeError):
        return ""
    return said if isinstance(said, str) else ""


def _made(found: Files, pdf: bytes | None) -> history.Made | None:
    if pdf is None:
        return None
    digest = hashlib.sha256(pdf).hexdigest()
    return history.Made(str(found.manifest["report"]), found.edition, digest)


def _guarded(step: Step, found: Files, told: History) -> Iterator[Finding]:
    """Go on with the other steps where a file is not what a step needs."""
    try:
        yield from step(found, told)
    except DamagedReport as error:
        yield failed(N_("It cannot be checked: %(why)s"), "files", why=str(error))
    except (
        *(KeyError, TypeError, ValueError, AttributeError, IndexError),
        *(ArithmeticError, RecursionError),
    ) as error:
        # What somebody else wrote into a file may have any shape.
        yield failed(
            N_("A file has another form than the specification says: %(why)s"),
            "files",
            why=repr(error),
        )


def _unreadable(why: DamagedReport) -> Checked:
    what = N_("This is not an award report with its evidence: %(why)s")
    return Checked({Part.FILES: [failed(what, "file", why=str(why))]}, Verdict.FAILED)

"""What a check of evidence finds: one small shape for receipts, chains, mirrors and reports. Pure.

No more is ever claimed than one of four things about one fact; `docs/verification.md` says what
each means.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.text import N_


class Status(StrEnum):
    """How sure a reader can be of one fact."""

    PROVEN = "proven"
    ASSERTED = "asserted"
    WITHHELD = "withheld"
    FAILED = "failed"


MOST_FAILED = 100

STATUS_WORDS = {
    Status.PROVEN: N_("Proven"),
    Status.ASSERTED: N_("Asserted, not proven"),
    Status.WITHHELD: N_("Withheld"),
    Status.FAILED: N_("Failed"),
}


@dataclass(frozen=True)
class Finding:
    """One fact that was checked.

    `what` is an untranslated sentence in plain words, filled with `data` by `%`; `where` is the
    exact place, such as `entry 17` or `field price`, empty where the whole file is meant.
    """

    status: Status
    what: str
    where: str = ""
    data: tuple[tuple[str, object], ...] = ()

    def __str__(self) -> str:
        """Give the sentence in English, with the place where there is one."""
        said = self.what % dict(self.data) if self.data else self.what
        return f"{self.where}: {said}" if self.where else said


@dataclass(frozen=True)
class Vouching(Finding):
    """A fact by which a file is, in all its bytes, the one that was made."""


def by_count(count: int, one: str, many: str) -> str:
    """Give the sentence for one thing, or that for any other number of them."""
    return one if count == 1 else many


def printable(text: object) -> str:
    """Give text in one line: what a file says must not move a terminal's cursor, nor turn the
    direction of what stands around it.
    """
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in str(text))


def proven(what: str, where: str = "", **data: object) -> Finding:
    """Say that a fact follows from the bytes at hand and a trusted key."""
    return Finding(Status.PROVEN, what, where, tuple(data.items()))


def asserted(what: str, where: str = "", **data: object) -> Finding:
    """Say that the log, or the file itself, says so, and that nobody else witnessed it."""
    return Finding(Status.ASSERTED, what, where, tuple(data.items()))


def withheld(what: str, where: str = "", **data: object) -> Finding:
    """Say that a value is not shown here, though its digest is."""
    return Finding(Status.WITHHELD, what, where, tuple(data.items()))


def failed(what: str, where: str = "", **data: object) -> Finding:
    """Say that two things that must agree do not."""
    return Finding(Status.FAILED, what, where, tuple(data.items()))


def bounded(findings: Iterable[Finding], where: str) -> Iterator[Finding]:
    """Give findings, but of what failed the first hundred: a forged file may hold a million."""
    count = 0
    for finding in findings:
        count += finding.status is Status.FAILED
        if finding.status is not Status.FAILED or count <= MOST_FAILED:
            yield finding
    if count > MOST_FAILED:
        yield failed(N_("%(count)s things more failed"), where, count=count - MOST_FAILED)


def failed_first(findings: Iterable[Finding]) -> list[Finding]:
    """Put what failed before all else: who reads no further has read that."""
    return sorted(findings, key=lambda each: each.status is not Status.FAILED)


def is_sound(findings: Iterable[Finding]) -> bool:
    """Tell whether nothing failed."""
    return all(finding.status is not Status.FAILED for finding in findings)

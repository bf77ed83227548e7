"""Two windows of the same person on the same scores: what one saves is not undone by the other.

A page carries a mark of each cell as it was when the page was made. What was not touched in it
leaves alone what another window saved meanwhile; what was touched in both is not decided silently.
"""

import hashlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import Enum, auto

from marketplace.core.errors import Invalid
from marketplace.core.text import N_

OVERTAKEN = N_(
    "Something newer of yours is saved here: from another window, or from this one over a line "
    "that broke off. Press a button that saves, to see both."
)
BESIDE = N_("Something newer of yours is saved here: see above. Save again to keep this instead")
# Enough that two texts of one cell are never taken for the same.
_LENGTH = 16


class Overtaken(Invalid):
    """A cell was typed over something that is no longer what stands there."""

    def __init__(self, fields: Iterable[str]) -> None:
        super().__init__(OVERTAKEN, dict.fromkeys(fields, BESIDE))


class Verdict(Enum):
    """What becomes of a cell that was sent."""

    KEEP = auto()
    LEAVE = auto()
    OVERTAKEN = auto()


def mark(value: Decimal | None, rationale: str, note: str) -> str:
    """Give the mark of what a cell says: the same for the same score and words, however written."""
    score = "" if value is None else f"{value.normalize():f}"
    said = "\0".join([score, *(text.strip().replace("\r\n", "\n") for text in (rationale, note))])
    return hashlib.sha256(said.encode()).hexdigest()[:_LENGTH]


def verdict(*, sent: str, seen: str, stands: str) -> Verdict:
    """Decide about a cell by the marks of what was sent, of what stood when its page was made, and
    of what stands now."""
    if sent == seen:
        return Verdict.LEAVE
    if stands in (seen, sent):
        return Verdict.KEEP
    return Verdict.OVERTAKEN


def written(marks: Mapping[str, str]) -> str:
    """Write the marks of a page's cells into a hidden field."""
    return " ".join(f"{name}={each}" for name, each in marks.items())


def read(text: str | None) -> dict[str, str]:
    """Read them from there; what is not a mark of a cell is left out."""
    pairs = (part.rpartition("=") for part in (text or "").split())
    return {name: each for name, _sign, each in pairs if name}

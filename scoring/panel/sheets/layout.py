"""What a scoring sheet looks like: its columns, how a row is known again, its limits. Pure.

A row is known by its first cell, a digest of whose row it is, of which bid and of which question.
So rows may stand in any order, and neither another person's row nor another challenge's is ever
taken for one's own. The last cell is a digest of what stood in the row when the sheet was taken:
by it a change on the page since then is told from a change in the sheet.
"""

import hashlib
import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

# Names by which a sheet is known again: they are not translated, so that one that was taken in one
# language can be brought back in another.
SCORES = "Scores"
HELP = "Read me first"


class Column(StrEnum):
    """The columns of the scores, by their headings, in their order."""

    ROW = "Row (do not change)"
    BID = "Bid"
    QUESTION = "Question"
    GUIDANCE = "What to look for"
    ANSWER = "Answer"
    SCORE = "Your score"
    REASON = "Your reason"
    TAKEN = "As taken (do not change)"


MEGABYTES_MOST = 5
# 160 rows are 20 bids and 8 questions.
ROWS_MOST = 10_000
# What a cell holds in Excel, in units of UTF-16.
CELL_MOST = 32_767


@dataclass(frozen=True)
class Line:
    """One row of a sheet: an own score of one bid on one question, written or not.

    `bid` and `key` are how the service knows them, `shown` and `question` how people do.
    """

    identifier: str
    bid: str
    key: str
    shown: str
    question: str
    guidance: str
    answer: str
    max_score: Decimal
    value: Decimal | None
    rationale: str


def identifier_of(member_id: uuid.UUID, bid_id: uuid.UUID, criterion_id: uuid.UUID) -> str:
    """Give what a row is known by: 80 bits of SHA-256(member id ‖ bid id ‖ criterion id), in hex.

    The letter in front keeps a spreadsheet from taking it for a number.
    """
    digest = hashlib.sha256(member_id.bytes + bid_id.bytes + criterion_id.bytes).hexdigest()
    return f"R{digest[:20]}"


def state_of(value: Decimal | None, rationale: str) -> str:
    """Give the digest of what stands in a row: a score, or none, and its reason."""
    written = "" if value is None else f"{value.normalize():f}"
    digest = hashlib.sha256(f"{written}\n{rationale.strip()}".encode()).hexdigest()
    return f"S{digest[:20]}"


def one_line(text: str) -> str:
    """Give a text without its breaks and runs of spaces, to hold one against another."""
    return " ".join(text.split())


def fitting(text: str, most: int = CELL_MOST) -> str:
    """Cut a text to what a cell holds, and say so in it."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * most:
        return text
    end = " […] The rest is on the page."
    kept = units[: 2 * (most - len(end))].decode("utf-16-le", "ignore")
    return kept + end

"""What the sheet that goes with bids from elsewhere looks like: its columns and its limits. Pure.

Names by which a sheet is known again are not translated, so that one that was taken in one
language can be brought back in another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bids.policy import Asked

BIDS = "Bids"
HELP = "Read me first"
# What the sheet is called in the archive.
SHEET_NAME = "bids.xlsx"

# What is brought at once: bids, files of one bid, files in all, and megabytes.
BIDS_MOST = 200
FILES_MOST = 20
ALL_FILES_MOST = 1_000
FILE_MEGABYTES_MOST = 50
ARCHIVE_MEGABYTES_MOST = 200
UNPACKED_MEGABYTES_MOST = 600
SHEET_MEGABYTES_MOST = 10

SUPPLIER_MOST = 200
NUMBER_MOST = 20
ANSWER_MOST = 20_000
POINTS_MOST = 20_000
PARTNERS_MOST = 20
NAME_MOST = 160
_TITLE_MOST = 120


class Column(StrEnum):
    """The columns that every sheet has, by what a row calls them."""

    SUPPLIER = "supplier"
    NUMBER = "number"
    KIND = "kind"
    SIZE = "size"
    RECEIVED = "received"
    CONTRACT = "contract"
    POINTS = "points"
    PARTNERS = "partners"
    FILES = "files"


_HEADINGS = {
    Column.SUPPLIER: "Supplier",
    Column.NUMBER: "Registration number",
    Column.KIND: "Kind of supplier",
    Column.SIZE: "Size class",
    Column.RECEIVED: "Received (day and time)",
    Column.CONTRACT: "Accepts the draft contract",
    Column.POINTS: "Points of the contract to discuss",
    Column.PARTNERS: "Partners and main subcontractors",
    Column.FILES: "Files",
}
_BEFORE = (Column.SUPPLIER, Column.NUMBER, Column.KIND, Column.SIZE, Column.RECEIVED)
_AFTER = (Column.CONTRACT, Column.POINTS, Column.PARTNERS, Column.FILES)

PRICE = "price"
# The first row whose cells are a bid's.
FIRST_ROW = 2


@dataclass(frozen=True)
class Heading:
    """One column: what a row calls it, and what stands above it."""

    key: str
    text: str


def answer_key(question: str) -> str:
    """Give what a row calls the answer to a question, by the question's key."""
    return f"answers.{question}"


def milestone_key(place: int) -> str:
    """Give what a row calls the price of a milestone, by its place from 0."""
    return f"milestones.{place}"


def headings(asked: Asked) -> list[Heading]:
    """Give the columns of a stage's sheet in their order: the supplier, answers, prices, the rest.

    Questions and milestones are numbered, so that no two columns have one heading.
    """
    answers = [
        Heading(answer_key(question.key), _short(f"Answer {number}. {question.title}"))
        for number, question in enumerate(asked.questions, start=1)
    ]
    prices = [
        Heading(milestone_key(place), _short(f"Price {place + 1}. {name}"))
        for place, name in enumerate(asked.milestones)
    ]
    if asked.price and not prices:
        prices = [Heading(PRICE, "Price without VAT")]
    return [*_fixed(_BEFORE), *answers, *prices, *_fixed(_AFTER)]


def _fixed(columns: Sequence[Column]) -> list[Heading]:
    return [Heading(column.value, _HEADINGS[column]) for column in columns]


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= _TITLE_MOST else f"{text[: _TITLE_MOST - 1].rstrip()}…"


def one_line(text: str) -> str:
    """Give a text without its breaks and runs of spaces, to hold one against another."""
    return " ".join(text.split())

"""What every section shares: their order and names, the limits of texts, what is refused. Pure."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar, Self

from marketplace.core.text import N_


class Section(StrEnum):
    """The parts of a draft, in the order in which they are best written."""

    PROBLEM = "problem"
    OUTCOME = "outcome"
    PLACE = "place"
    MONEY = "money"
    CRITERIA = "criteria"
    TIMELINE = "timeline"
    SPONSORS = "sponsors"


SECTION_WORDS: Mapping[Section, str] = {
    Section.PROBLEM: N_("The problem"),
    Section.OUTCOME: N_("The outcome you want"),
    Section.PLACE: N_("Place and sector"),
    Section.MONEY: N_("Money and legal route"),
    Section.CRITERIA: N_("How bids are judged"),
    Section.TIMELINE: N_("Closing time"),
    Section.SPONSORS: N_("Joint sponsors"),
}

TITLE_MOST = 200
SUMMARY_MOST = 300
TEXT_MOST = 20_000

# Stored and compared as 64-bit integers; no public purchase comes near.
MONEY_MOST = 10**14

TOO_LONG = {
    TITLE_MOST: N_("Shorten this to 200 characters or fewer."),
    SUMMARY_MOST: N_("Shorten this to 300 characters or fewer."),
    TEXT_MOST: N_("Shorten this to 20,000 characters or fewer."),
    40: N_("Shorten this to 40 characters or fewer."),
    120: N_("Shorten this to 120 characters or fewer."),
    5_000: N_("Shorten this to 5,000 characters or fewer."),
    500: N_("Shorten the words for each score to 500 characters or fewer."),
}


class Part:
    """What every section's content can do; `lines` are the texts of one line only."""

    lines: ClassVar[frozenset[str]] = frozenset()

    def kept(self) -> Self:
        """Give the content as it is stored: without what has no use, and in one order."""
        return self

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return {}


def weight_fault(weight: Decimal) -> str | None:
    """Name what is wrong with a weight, if anything: it is above 0, up to 100, 3 decimals."""
    if not 0 < weight <= 100:
        return N_("Enter a weight above 0 and up to 100.")
    if too_fine(weight):
        return N_("Enter at most 3 digits after the point.")
    return None


def too_fine(number: Decimal) -> bool:
    """Tell whether a number has more than three decimal places."""
    return number.scaleb(3) != number.scaleb(3).to_integral_value()


def too_long(content: object, limits: Mapping[str, int]) -> dict[str, str]:
    """Name the texts that are too long, by field; without a limit of its own one has the usual."""
    found = {}
    for field in fields(content):  # type: ignore[arg-type]  # always one of the sections
        value = getattr(content, field.name)
        limit = limits.get(field.name, TEXT_MOST)
        if isinstance(value, str) and len(value) > limit:
            found[field.name] = TOO_LONG[limit]
    return found

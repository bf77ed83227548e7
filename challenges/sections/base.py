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
    PEOPLE = "people"
    TRIED = "tried"
    OUTCOME = "outcome"
    BENEFITS = "benefits"
    CONSTRAINTS = "constraints"
    SUPPORT = "support"
    PLACE = "place"
    STAGES = "stages"
    MONEY = "money"
    REQUIREMENTS = "requirements"
    CRITERIA = "criteria"
    TIMELINE = "timeline"
    DOCUMENTS = "documents"
    SPONSORS = "sponsors"
    TEAM = "team"
    RECORD = "record"
    CODES = "codes"


SECTION_WORDS: Mapping[Section, str] = {
    Section.PROBLEM: N_("The problem"),
    Section.PEOPLE: N_("The people it affects"),
    Section.TRIED: N_("What has been tried"),
    Section.OUTCOME: N_("The outcome you want"),
    Section.BENEFITS: N_("Wider benefits"),
    Section.CONSTRAINTS: N_("What every answer must respect"),
    Section.SUPPORT: N_("What you offer"),
    Section.PLACE: N_("Place and sector"),
    Section.STAGES: N_("Stages and what is paid"),
    Section.MONEY: N_("Money and legal route"),
    Section.REQUIREMENTS: N_("What you ask of bidders"),
    Section.CRITERIA: N_("How bids are judged"),
    Section.TIMELINE: N_("Timeline"),
    Section.DOCUMENTS: N_("Documents and draft contract"),
    Section.SPONSORS: N_("Joint sponsors"),
    Section.TEAM: N_("Your team"),
    Section.RECORD: N_("Your record before approval"),
    Section.CODES: N_("Codes for the notice"),
}

# Of the lead body alone, whoever else may write: its money and stages, its people and who joins in,
# its files and notices, its own record.
LEAD_ONLY = frozenset(
    (
        *(Section.STAGES, Section.MONEY, Section.DOCUMENTS, Section.CODES),
        *(Section.SPONSORS, Section.TEAM, Section.RECORD),
    )
)

# How a task list puts them together.
SECTION_GROUPS: Mapping[str, tuple[Section, ...]] = {
    N_("The problem"): (Section.PROBLEM, Section.PEOPLE, Section.TRIED),
    N_("What you want"): (
        *(Section.OUTCOME, Section.BENEFITS, Section.CONSTRAINTS),
        *(Section.SUPPORT, Section.PLACE),
    ),
    N_("How you buy it"): (
        *(Section.STAGES, Section.MONEY, Section.REQUIREMENTS, Section.CRITERIA),
        *(Section.TIMELINE, Section.DOCUMENTS, Section.CODES),
    ),
    N_("Who stands behind it"): (Section.SPONSORS, Section.TEAM, Section.RECORD),
}

# These are the body's own and stand on no public page, but for a contact that it chooses to show.
OWN_SECTIONS = frozenset({Section.TEAM, Section.RECORD})

TITLE_MOST = 200
SUMMARY_MOST = 300
TEXT_MOST = 20_000

# Stored and compared as 64-bit integers; no public purchase comes near.
MONEY_MOST = 10**14

TOO_LONG = {
    TITLE_MOST: N_("Shorten this to 200 characters or fewer."),
    SUMMARY_MOST: N_("Shorten this to 300 characters or fewer."),
    TEXT_MOST: N_("Shorten this to 20,000 characters or fewer."),
    254: N_("Shorten this to 254 characters or fewer."),
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

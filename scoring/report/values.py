"""The values that facts of a report are made of: kinds, outcomes, money, and what is held back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Final

# A decimal number or a ratio of whole ones, as documents write figures: never with an exponent,
# in which a few characters would stand for a number that fills the memory.
_FIGURE: Final = re.compile(r"-?[0-9]+(?:\.[0-9]+|/[0-9]*[1-9][0-9]*)?")
_LONGEST: Final = 4000


class Edition(StrEnum):
    """For whom a report is made."""

    FULL = "full"
    PUBLIC = "public"
    DEBRIEF = "debrief"


class BidStatus(StrEnum):
    """Where a bid stood when the report was frozen."""

    VALID = "valid"
    INELIGIBLE = "ineligible"
    EXCLUDED = "excluded"
    WITHDRAWN = "withdrawn"


class CriterionKind(StrEnum):
    """How a criterion gets its percentage."""

    QUALITY = "quality"
    PRICE = "price"
    CARRIED = "carried"


class InterestDecision(StrEnum):
    """What was decided about a declared interest."""

    NONE_NEEDED = "none_needed"
    KEEP = "keep"
    RESTRICT = "restrict"
    RECUSE = "recuse"


class QueryOutcome(StrEnum):
    """How a query to a bidder ended, or stood when the report was frozen."""

    OPEN = "open"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    NO_ANSWER = "no_answer"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Withheld:
    """Stands where an edition holds a fact back; `ground` is the id of a `Ground`."""

    withheld: str


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a fact may be held back: `law` cites it, `reason` says it in plain words."""

    id: str
    law: str
    reason: str


@dataclass(frozen=True, slots=True)
class Redaction:
    """One kind of thing that an edition holds back, in words, and the ground's id."""

    what: str
    ground: str


@dataclass(frozen=True, slots=True)
class Money:
    """`minor` units (pence), 0 or more, of an ISO 4217 `currency`."""

    minor: int
    currency: str


class PriceFinding(StrEnum):
    """What an officer found about a price that a detector flagged."""

    NO_DOUBT = "no_doubt"
    EXPLAINED = "explained"
    NOT_EXPLAINED = "not_explained"


class ComplaintOutcome(StrEnum):
    """What came of a complaint about a decision."""

    OPEN = "open"
    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    WITHDRAWN = "withdrawn"


class WhyAgain(StrEnum):
    """What a result was computed again for."""

    ELIGIBILITY = "eligibility"
    INTEREST = "interest"
    CUT_OFF = "cut_off"
    AGAIN = "again"


def read_figure(value: object) -> Fraction:
    """Read a figure of an evaluation or result document, or of the facts: exactly.

    Raises:
        ValueError: it is none, or far too long to be one.
    """
    said = str(value)
    if len(said) > _LONGEST or not _FIGURE.fullmatch(said):
        raise ValueError(f"{said[:40]!r} is not a figure")
    return Fraction(said)

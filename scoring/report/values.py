"""The values that facts of a report are made of: kinds, outcomes, money, and what is held back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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

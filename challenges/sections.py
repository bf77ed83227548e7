"""What a draft is written in: its sections, the shape each must have, and their editions. Pure.

A draft may be incomplete, so nothing here asks whether a section is good enough to publish (see
`readiness`); only what could not be kept at all is refused: too long, out of range, contradictory.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Self, TypeVar

from challenges.words import Region, Sector
from marketplace.core.text import N_
from scoring.engine.canonical import canonical

if TYPE_CHECKING:
    from challenges.models import LegalRoute, PriceModel


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
ROUND_MOST = 40
CRITERION_TITLE_MOST = 120
QUESTION_MOST = 5_000
DESCRIPTOR_MOST = 500
SPONSORS_MOST = 20
CRITERIA_MOST = 30
WORDS_MOST = 5_000
SCORE_MOST = Decimal(100)

# Stored and compared as 64-bit integers; no public purchase comes near.
MONEY_MOST = 10**14

_TOO_LONG = {
    TITLE_MOST: N_("Shorten this to 200 characters or fewer."),
    SUMMARY_MOST: N_("Shorten this to 300 characters or fewer."),
    TEXT_MOST: N_("Shorten this to 20,000 characters or fewer."),
    ROUND_MOST: N_("Shorten this to 40 characters or fewer."),
    CRITERION_TITLE_MOST: N_("Shorten this to 120 characters or fewer."),
    QUESTION_MOST: N_("Shorten this to 5,000 characters or fewer."),
    DESCRIPTOR_MOST: N_("Shorten the words for each score to 500 characters or fewer."),
}

# What most panels need; each challenge can change it.
DEFAULT_DESCRIPTORS: tuple[tuple[Decimal, str], ...] = (
    (Decimal(0), "No answer: the question is not answered."),
    (Decimal(1), "Poor: misses most of what was asked, or leaves serious doubts."),
    (Decimal(2), "Weak: covers part of what was asked, with gaps that are hard to close."),
    (Decimal(3), "Sound: covers what was asked; thin points can be closed while working together."),
    (Decimal(4), "Good: covers all that was asked, with detail and evidence; doubts are small."),
    (Decimal(5), "Excellent: strong evidence throughout, and raises the chance of success."),
)


class Part:
    """What every section's content can do."""

    def kept(self) -> Self:
        """Give the content as it is stored: without what has no use, and in one order."""
        return self


@dataclass(frozen=True)
class Problem(Part):
    """The problem, in the words of those who have it; light Markdown but for title and summary."""

    section: ClassVar[Section] = Section.PROBLEM
    limits: ClassVar[Mapping[str, int]] = {"title": TITLE_MOST, "summary": SUMMARY_MOST}

    title: str
    summary: str = ""
    problem: str = ""
    affected: str = ""
    today: str = ""
    why_now: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = _too_long(self, self.limits)
        if not self.title:
            found["title"] = N_("Enter a title. You can change it later.")
        return found


@dataclass(frozen=True)
class Outcome(Part):
    """What success would look like, and what bidders can build on; light Markdown."""

    section: ClassVar[Section] = Section.OUTCOME

    outcome: str = ""
    measures: str = ""
    tried: str = ""
    constraints: str = ""
    support: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return _too_long(self, {})


@dataclass(frozen=True)
class Place(Part):
    """Where, for which part of public life, and in which round of a programme."""

    section: ClassVar[Section] = Section.PLACE

    region: str | None = None
    sector: str | None = None
    round: str | None = None

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = _too_long(self, {"round": ROUND_MOST})
        if self.region is not None and self.region not in set(Region):
            found["region"] = N_("Choose a region from the list.")
        if self.sector is not None and self.sector not in set(Sector):
            found["sector"] = N_("Choose a sector from the list.")
        return found


@dataclass(frozen=True)
class Money(Part):
    """The legal route, the total value, and how price counts; money in minor units without VAT.

    `value_minor` is the total of all stages, options and prizes. `price_weight` is that of the
    price criterion, which exists only where price counts.
    """

    section: ClassVar[Section] = Section.MONEY

    price_model: "PriceModel"
    legal_route: "LegalRoute | None" = None
    value_minor: int | None = None
    budget_minor: int | None = None
    best_minor: int | None = None
    worst_minor: int | None = None
    price_weight: Decimal | None = None

    @property
    def priced(self) -> bool:
        """Whether price counts at all."""
        return self.price_model != "fixed_budget"

    def kept(self) -> Self:
        """Leave out what the price model has no use for."""
        bounds = (
            self
            if self.price_model == "fixed_bounds"
            else replace(self, best_minor=None, worst_minor=None)
        )
        return bounds if self.priced else replace(bounds, price_weight=None)

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = {
            name: N_("Enter an amount above zero.")
            for name in ("value_minor", "budget_minor", "worst_minor")
            if getattr(self, name) is not None and getattr(self, name) <= 0
        }
        found |= {
            name: N_("Enter a smaller amount.")
            for name in ("value_minor", "budget_minor", "best_minor", "worst_minor")
            if (getattr(self, name) or 0) > MONEY_MOST
        }
        if self.best_minor is not None and self.best_minor < 0:
            found["best_minor"] = N_("Enter zero or an amount above it.")
        if (
            self.best_minor is not None
            and self.worst_minor is not None
            and self.best_minor >= self.worst_minor
        ):
            found["worst_minor"] = N_(
                "The price that gets no points must be higher than the one that gets all."
            )
        if self.price_weight is not None and (fault := weight_fault(self.price_weight)):
            found["price_weight"] = fault
        return found


@dataclass(frozen=True)
class Timeline(Part):
    """When bidding ends. At that instant it is too late."""

    section: ClassVar[Section] = Section.TIMELINE

    closes_at: datetime | None = None

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field: nothing, for a draft may wait past any date."""
        return {}


@dataclass(frozen=True)
class Sponsors(Part):
    """Bodies that join in, by name; in any order, each once."""

    section: ClassVar[Section] = Section.SPONSORS

    names: tuple[str, ...] = ()

    def kept(self) -> Self:
        """Give the names sorted and without repetitions and blanks."""
        return replace(
            self, names=tuple(sorted({" ".join(name.split()) for name in self.names} - {""}))
        )

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        if len(self.names) > SPONSORS_MOST:
            return {"names": N_("Name at most 20 joint sponsors.")}
        if any(len(name) > TITLE_MOST for name in self.names):
            return {"names": N_("Shorten each name to 200 characters or fewer.")}
        return {}


@dataclass(frozen=True)
class Question(Part):
    """A quality criterion: what is asked, its weight, and the scale on which it is scored.

    Weights and scores have at most three decimal places.
    """

    section: ClassVar[Section] = Section.CRITERIA
    limits: ClassVar[Mapping[str, int]] = {
        "title": CRITERION_TITLE_MOST,
        "question": QUESTION_MOST,
        "guidance": QUESTION_MOST,
    }

    title: str
    weight: Decimal
    question: str = ""
    guidance: str = ""
    max_score: Decimal = Decimal(5)
    min_score: Decimal | None = None
    word_limit: int | None = None
    descriptors: tuple[tuple[Decimal, str], ...] = DEFAULT_DESCRIPTORS

    def kept(self) -> Self:
        """Give the descriptors from the lowest score up."""
        return replace(self, descriptors=tuple(sorted(self.descriptors)))

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = _too_long(self, self.limits)
        if not self.title:
            found["title"] = N_("Enter a short name for this criterion.")
        if fault := weight_fault(self.weight):
            found["weight"] = fault
        if not 0 < self.max_score <= SCORE_MOST or _too_fine(self.max_score):
            found["max_score"] = N_("Enter a highest score above 0 and up to 100.")
        if self.min_score is not None and (
            not 0 <= self.min_score <= self.max_score or _too_fine(self.min_score)
        ):
            found["min_score"] = N_("The minimum must be between 0 and the highest score.")
        if self.word_limit is not None and not 1 <= self.word_limit <= WORDS_MOST:
            found["word_limit"] = N_("Enter a word limit between 1 and 5,000.")
        if fault := self._descriptors_fault():
            found["descriptors"] = fault
        return found

    def _descriptors_fault(self) -> str | None:
        scores = [score for score, _text in self.descriptors]
        if len(set(scores)) < len(scores):
            return N_("Describe each score once.")
        if any(not 0 <= score <= self.max_score or _too_fine(score) for score in scores):
            return N_("Describe only scores between 0 and the highest score.")
        if any(not text for _score, text in self.descriptors):
            return N_("Say what each score means.")
        if any(len(text) > DESCRIPTOR_MOST for _score, text in self.descriptors):
            return _TOO_LONG[DESCRIPTOR_MOST]
        return None


Content = Problem | Outcome | Place | Money | Timeline | Sponsors
C = TypeVar("C", Problem, Outcome, Place, Money, Timeline, Sponsors, Content, Question)

BY_SECTION: Mapping[Section, type[Content]] = {
    kind.section: kind for kind in (Problem, Outcome, Place, Money, Timeline, Sponsors)
}


def weight_fault(weight: Decimal) -> str | None:
    """Name what is wrong with a weight, if anything: it is above 0, up to 100, 3 decimals."""
    if not 0 < weight <= 100:
        return N_("Enter a weight above 0 and up to 100.")
    if _too_fine(weight):
        return N_("Enter at most 3 digits after the point.")
    return None


def tidied(content: C) -> C:
    """Give the content as it is kept: ends of texts stripped, line ends unified, order settled."""
    texts = {
        field.name: value.replace("\r\n", "\n").strip()
        for field in fields(content)
        if isinstance(value := getattr(content, field.name), str) and not isinstance(value, StrEnum)
    }
    return replace(content, **texts).kept()  # type: ignore[arg-type]  # the same fields, as text


def edition(content: Content | Question | Mapping[str, Decimal]) -> str:
    """Give a short name that changes whenever the content does: what two editors compare."""
    values = (
        {name: str(value) for name, value in content.items()}
        if isinstance(content, Mapping)
        else {field.name: _as_json(getattr(content, field.name)) for field in fields(content)}
    )
    return sha256(canonical(values)).hexdigest()[:20]


def _as_json(value: object) -> object:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    return None if value is None else str(value)


def _too_fine(number: Decimal) -> bool:
    return number.scaleb(3) != number.scaleb(3).to_integral_value()


def _too_long(content: object, limits: Mapping[str, int]) -> dict[str, str]:
    found = {}
    for field in fields(content):  # type: ignore[arg-type]  # always one of the dataclasses above
        value = getattr(content, field.name)
        limit = limits.get(field.name, TEXT_MOST)
        if isinstance(value, str) and len(value) > limit:
            found[field.name] = _TOO_LONG[limit]
    return found

"""A trial: a stage's method with the weights and the made-up bids to try it on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from challenges.method.document import plain, price_text
from challenges.plan import plan_document
from scoring.engine import evaluate_document
from scoring.engine.document import BY_DRAW, CARRIED, CONSENSUS, PRICE, QUALITY, Evaluation
from scoring.engine.evaluate import Ranked, rank
from scoring.engine.reading import check

if TYPE_CHECKING:
    from challenges.models import Criterion, Stage

# What is carried from an earlier stage is a percentage.
CARRIED_MOST = Decimal(100)

# What a page and an address can bear.
BIDS_MOST = 8

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Sample:
    """A made-up bid: its scores in the order of the questions, its price in minor units if any."""

    name: str
    scores: tuple[Decimal, ...]
    price_minor: int | None = None


@dataclass(frozen=True)
class Trial:
    """Criteria and method as `evaluation/1` has them, and the bids; `priced`: bids give a price.

    Bids are known by their place, counted from 1.
    """

    criteria: tuple[Document, ...]
    method: Document
    samples: tuple[Sample, ...]
    priced: bool

    @property
    def questions(self) -> list[Document]:
        """Give the criteria that are scored."""
        return [criterion for criterion in self.criteria if criterion["kind"] == QUALITY]

    @property
    def price(self) -> Document | None:
        """Give the price criterion, if there is one."""
        return next((c for c in self.criteria if c["kind"] == PRICE), None)

    @property
    def formula(self) -> str | None:
        """Name the price formula, if there is one."""
        return None if self.price is None else str(self.price["formula"]["name"])

    @property
    def weights(self) -> dict[str, Fraction]:
        """Give the weights tried, by criterion."""
        return {c["id"]: Fraction(c["weight"]) for c in self.criteria}

    @property
    def document(self) -> dict[str, Any]:
        """Give the evaluation document."""
        return {
            "format": "evaluation/1",
            "criteria": list(self.criteria),
            "method": dict(self.method),
            "bids": list(self._bids()),
        }

    @cached_property
    def evaluation(self) -> Evaluation:
        """Give the checked document, from which variants are ranked without reading it again."""
        return check(self.document)

    @cached_property
    def result(self) -> dict[str, Any]:
        """Give the engine's result document."""
        return evaluate_document(self.document)

    @cached_property
    def ranked(self) -> Ranked:
        """Give the engine's ranking."""
        return rank(self.evaluation)

    def at_price(self, place: int, price: Fraction) -> Ranked:
        """Rank anew with another price, in pounds, for the bid at a place."""
        bids = tuple(
            bid._replace(price=price) if bid.id == str(place) else bid
            for bid in self.evaluation.bids
        )
        return rank(self.evaluation._replace(bids=bids))

    def with_samples(self, samples: Sequence[Sample]) -> "Trial":
        """Give the same method on other bids."""
        return replace(self, samples=tuple(samples))

    def _bids(self) -> Iterator[dict[str, Any]]:
        for place, sample in enumerate(self.samples, 1):
            bid: dict[str, Any] = {
                "id": str(place),
                "supplier": sample.name,
                "scores": {
                    question["id"]: {"consensus": plain(score)}
                    for question, score in zip(self.questions, sample.scores, strict=True)
                },
            }
            if sample.price_minor is not None:
                bid["price"] = price_text(sample.price_minor)
            yield bid


def answered(stage: "Stage") -> "list[Criterion]":
    """Give the criteria for which a made-up bid gives a score, or what it brings along."""
    return [criterion for criterion in stage.criteria if criterion.kind in (QUALITY, CARRIED)]


def highest(criterion: "Criterion") -> Decimal:
    """Give the most that a made-up bid can have on a criterion."""
    return CARRIED_MOST if criterion.kind == CARRIED else criterion.max_score or Decimal(0)


def trial_of(stage: "Stage", weights: Mapping[str, Decimal], samples: Sequence[Sample]) -> Trial:
    """Make a trial of a stage's plan with other weights, by key; those not given stay.

    Weights that do not add up to 100 are taken in proportion to their sum. A draw is left out:
    what it starts from exists only once bids are opened. A made-up bid has one score for each
    question, so it does not matter how several become one; and what it carries is a score of 100.
    """
    plan = plan_document(stage)
    criteria = tuple(
        {
            **(_as_scored(criterion) if criterion["kind"] == CARRIED else criterion),
            "weight": plain(weights.get(criterion["id"], Decimal(criterion["weight"]))),
        }
        for criterion in plan["criteria"]
    )
    total = sum((Decimal(criterion["weight"]) for criterion in criteria), Decimal(0))
    method = {
        **plan["method"],
        "combine": CONSENSUS,
        "weights_total": plain(total),
        "tie_break": [step for step in plan["method"]["tie_break"] if step != BY_DRAW],
    }
    return Trial(criteria, method, tuple(samples), stage.price_model != "fixed_budget")


def _as_scored(carried: Document) -> Document:
    return {**carried, "kind": QUALITY, "max_score": plain(CARRIED_MOST)}

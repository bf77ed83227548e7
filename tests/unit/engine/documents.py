"""Small evaluation documents for the engine's tests, and how to look into a result."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

Json = dict[str, Any]


def quality(identifier: str, weight: str, most: str = "10", **more: object) -> Json:
    """Make a quality criterion."""
    return {
        "id": identifier,
        "title": identifier.capitalize(),
        "kind": "quality",
        "weight": weight,
        "max_score": most,
        **more,
    }


def price(weight: str, formula: str = "lowest_price_ratio", **bounds: str) -> Json:
    """Make a price criterion."""
    return {
        "id": "price",
        "title": "Price",
        "kind": "price",
        "weight": weight,
        "formula": {"name": formula, **bounds},
    }


def carried(identifier: str, weight: str) -> Json:
    """Make a criterion that brings a percentage from an earlier stage."""
    return {"id": identifier, "title": "Earlier stage", "kind": "carried", "weight": weight}


def bid(identifier: str, scores: Mapping[str, object] | None = None, **more: object) -> Json:
    """Make a bid; a score is an agreed one, or an object of scores by evaluator."""
    cells = {
        criterion: {"by_evaluator": score} if isinstance(score, dict) else {"consensus": score}
        for criterion, score in (scores or {}).items()
    }
    return {"id": identifier, "scores": cells, **more}


def document(criteria: list[Json], bids: list[Json], **more: object) -> Json:
    """Make an evaluation document."""
    return {"format": "evaluation/1", "criteria": criteria, "bids": bids, **more}


def simple(**more: object) -> Json:
    """Make a document with one criterion and two bids, A ahead of B."""
    bids = [bid("A", {"quality": "8"}), bid("B", {"quality": "5"})]
    return document([quality("quality", "100")], bids, **more)


def with_price(formula: str = "lowest_price_ratio", **more: object) -> Json:
    """Make a document with quality 60, price 40 and three bids."""
    bids = [
        bid("A", {"quality": "8"}, price="120"),
        bid("B", {"quality": "7"}, price="100"),
        bid("C", {"quality": "3"}, price="80"),
    ]
    return document([quality("quality", "60"), price("40", formula)], bids, **more)


def by_id(result: Mapping[str, Any]) -> dict[str, Json]:
    """Find the bids of a result by id."""
    return {each["id"]: each for each in result["bids"]}


def exact(number: Mapping[str, str] | None) -> Fraction | None:
    """Read a number of a result."""
    return None if number is None else Fraction(number["exact"])

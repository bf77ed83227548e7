"""Makes the evaluation document of a stage out of its plan, bids and scores. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any


@dataclass(frozen=True)
class Judged:
    """One opened bid: `status` in the document's words, price in minor units, scores by key.

    `carried` are the percentages that it brings from earlier stages, by key.
    """

    reference: str
    supplier: str
    status: str
    reason: str | None
    price_minor: int | None
    individual: Mapping[str, Mapping[str, Decimal]] = field(default_factory=dict)
    agreed: Mapping[str, Decimal] = field(default_factory=dict)
    carried: Mapping[str, str] = field(default_factory=dict)


def evaluation_document(
    plan: Mapping[str, Any],
    *,
    title: str,
    challenge: str,
    stage: str,
    evaluators: Mapping[str, Sequence[str]],
    bids: Sequence[Judged],
    assigned: Mapping[str, Sequence[str]] | None = None,
    draw_seed: str | None = None,
) -> dict[str, Any]:
    """Make an `evaluation/1` document.

    `plan` is the frozen plan's `criteria` and `method`, taken unchanged. `evaluators` maps each
    evaluator's label to the references of the bids that evaluator is recused from; `assigned` those
    who score some criteria only to the keys of these. A bid that is not valid brings its status and
    reason and nothing else. Agreed scores are in it where the method counts these, and only those
    cells that have one; else every cell that somebody scored. `draw_seed`, in hexadecimal digits,
    is for a method that parts ties by a draw.

    Source: the agreed form `evaluation/1` (docs/scoring.md).
    """
    document: dict[str, Any] = {
        "format": "evaluation/1",
        "title": title,
        "challenge": challenge,
        "stage": stage,
        "criteria": plan["criteria"],
        "method": plan["method"],
        "evaluators": [
            _evaluator(label, recused, (assigned or {}).get(label, ()))
            for label, recused in sorted(evaluators.items())
        ],
        "bids": [
            _bid(bid, agreed=plan["method"].get("combine", "consensus") == "consensus")
            for bid in sorted(bids, key=lambda bid: bid.reference)
        ],
    }
    if draw_seed is not None:
        document["draw_seed"] = draw_seed
    return document


def _evaluator(label: str, recused: Sequence[str], criteria: Sequence[str]) -> dict[str, Any]:
    document: dict[str, Any] = {"id": label}
    if criteria:
        document["criteria"] = sorted(criteria)
    if recused:
        document["recused_from"] = sorted(recused)
    return document


def _bid(bid: Judged, *, agreed: bool) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": bid.reference,
        "supplier": bid.supplier,
        "status": bid.status,
    }
    if bid.status != "valid":
        if bid.reason:
            document["reason"] = bid.reason
        return document
    if bid.price_minor is not None:
        document["price"] = pounds(bid.price_minor)
    if bid.carried:
        document["carried"] = dict(bid.carried)
    document["scores"] = {
        key: {
            "by_evaluator": {
                label: plain(value) for label, value in sorted(bid.individual.get(key, {}).items())
            },
            **({"consensus": plain(bid.agreed[key])} if agreed else {}),
        }
        for key in sorted(bid.agreed if agreed else bid.individual)
    }
    return document


def pounds(minor: int) -> str:
    """Write minor units as the document wants money: 1250.50, never 1,250.5."""
    whole, rest = divmod(minor, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)


def plain(value: Decimal) -> str:
    """Write a decimal in plain digits without an exponent."""
    return f"{value:f}"

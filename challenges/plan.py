"""What publication freezes: a stage's plan in the terms of `evaluation/1`, and the `plan/1`. Pure.

`docs/verification.md`, section 9, describes `plan/1` byte by byte.
"""

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from challenges.method.document import (
    WEIGHTS_TOTAL,
    carried_document,
    formula_document,
    method_document,
    plain,
    price_text,
)
from challenges.stages.kinds import DELIVERY_KINDS, is_judged
from challenges.stages.terms import says_something, terms_document
from scoring.engine.canonical import canonical

if TYPE_CHECKING:
    from challenges.models import Challenge, Criterion, Stage

__all__ = [
    "FIRST_VERSION",
    "FORMAT",
    "PRICE",
    "QUALITY",
    "WEIGHTS_TOTAL",
    "CarriedFrom",
    "carried_in",
    "evaluations",
    "frozen_plan",
    "plain",
    "plan_document",
    "price_text",
]

PRICE = "price"
QUALITY = "quality"

FORMAT = "plan/1"
FIRST_VERSION = 1


def frozen_plan(
    challenge: "Challenge",
    *,
    regime: str,
    regime_version: str,
    band: str,
    version: int = FIRST_VERSION,
) -> dict[str, Any]:
    """Give the `plan/1` of a challenge: for each stage of selection what is judged, and how.

    `evaluation` of a stage is what `plan_document` gives. A stage of delivery, in which nothing is
    judged, stands in `terms` alone, which tells of every stage what happens and what is paid.
    `elsewhere` is there where bids are not taken here, and says by which notice and where.
    Closing instants and keys are entries of the log bound to this plan's digest and not part of
    it, so that a deadline can be extended.
    """
    plan: dict[str, Any] = {
        "format": FORMAT,
        "challenge": challenge.reference,
        "version": version,
        "regime": {"name": regime, "version": regime_version, "band": band},
        "stages": [_stage(stage) for stage in challenge.stages if is_judged(stage)],
    }
    if challenge.bids_elsewhere:
        plan["elsewhere"] = {
            "reference": challenge.elsewhere_reference,
            "link": challenge.elsewhere_link,
        }
    if says_something(challenge):
        plan["terms"] = terms_document(challenge, price_text)
    return plan


def _stage(stage: "Stage") -> dict[str, Any]:
    document = {
        "stage": stage.ordinal,
        "name": stage.name,
        "evaluation": plan_document(stage),
        "questions": {
            criterion.key: {
                "question": criterion.question,
                "guidance": criterion.guidance,
                "word_limit": criterion.word_limit,
                "descriptors": [
                    {"score": plain(found.score), "text": found.text}
                    for found in criterion.descriptors
                ],
            }
            for criterion in stage.criteria
            if criterion.kind == QUALITY
        },
        "budget": None if stage.budget_minor is None else price_text(stage.budget_minor),
        "minimum_panel": stage.minimum_panel,
        "names_withheld": bool(stage.names_withheld),
    }
    if carried := carried_document(stage):
        document["carried"] = carried
    return document


def evaluations(plan: bytes) -> dict[int, bytes]:
    """Give each stage's `evaluation` in the bytes of a `plan/1`, in canonical form, by its number.

    Raises:
        ValueError, TypeError, KeyError: the bytes are no `plan/1`, or its stages of selection are
            not those that its terms tell of.
    """
    found = json.loads(plan)
    if found["format"] != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    numbers = [stage["stage"] for stage in found["stages"]]
    if "terms" in found:
        told = found["terms"]["stages"]
        judged = [stage["stage"] for stage in told if stage["kind"] not in DELIVERY_KINDS]
    else:
        judged = [1]
    if numbers != judged:
        raise ValueError("the stages of selection are not those of the terms")
    return {stage["stage"]: canonical(stage["evaluation"]) for stage in found["stages"]}


class CarriedFrom(NamedTuple):
    """From where a criterion is carried: an earlier stage's number, and one criterion there, or its
    whole result where there is none."""

    stage: int
    criterion: str | None


def carried_in(plan: bytes, number: int) -> dict[str, CarriedFrom]:
    """Give what a stage of this number takes over by the bytes of a `plan/1`, by criterion."""
    stage = next(each for each in json.loads(plan)["stages"] if each["stage"] == number)
    return {key: CarriedFrom(**told) for key, told in stage.get("carried", {}).items()}


def plan_document(stage: "Stage") -> dict[str, Any]:
    """Give `{"criteria": […], "method": {…}}`, with every number as text and prices in pounds.

    Criteria stand in the order in which the public reads them.
    """
    return {
        "criteria": [_criterion(stage, criterion) for criterion in stage.criteria],
        "method": method_document(stage),
    }


def _criterion(stage: "Stage", criterion: "Criterion") -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": criterion.key,
        "title": criterion.title,
        "kind": str(criterion.kind),
        "weight": plain(criterion.weight),
    }
    if criterion.kind == PRICE:
        document["formula"] = formula_document(stage)
    elif criterion.max_score is not None:
        document["max_score"] = plain(criterion.max_score)
        if criterion.min_score is not None:
            document["min_score"] = plain(criterion.min_score)
    return document

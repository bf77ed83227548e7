"""What is written about stages and later purchases, what all of it may cost, and how the plan
says it. Pure.

Amounts are in minor units without VAT.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from challenges.sections import Later, Step
from challenges.sections.stages import milestone_names
from challenges.stages.kinds import (
    LaterKind,
    Payment,
    Property,
    StageKind,
    is_judged,
    is_paid,
)

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

# Writes an amount of minor units as an evaluation document has amounts.
Write = Callable[[int], str]


def read_step(stage: "Stage") -> Step:
    """Give what is written about a stage."""
    return Step(
        kind=stage.kind,
        name=stage.name,
        description=stage.description,
        suppliers=stage.suppliers,
        payment=stage.payment,
        amount_minor=stage.amount_minor,
        vat_on_top=stage.vat_on_top,
        how_paid=stage.how_paid,
        lasts=stage.lasts,
        lasts_in=stage.lasts_in,
        property=stage.property,
        property_note=stage.property_note,
        options_minor=stage.options_minor,
        prizes=tuple((prize.name, prize.amount_minor) for prize in stage.prizes),
        prizes_paid=stage.prizes_paid,
        milestones=stage.milestones or "",
        attach_kinds=stage.attach_kinds or "",
        attach_most=stage.attach_most,
        attach_mb=stage.attach_mb,
    )


def read_later(challenge: "Challenge") -> Later:
    """Give what is written about later purchases."""
    found = challenge.later
    if found is None:
        return Later()
    return Later(found.kind, found.value_minor, found.bodies, found.note)


class Total(NamedTuple):
    """What a challenge may cost in the end; `whole` tells that nothing in it is still unknown."""

    minor: int
    whole: bool


def stage_cost(stage: "Stage") -> int | None:
    """Give the most that a stage may cost: fees of all suppliers, options and prizes.

    None where suppliers are paid and it is not said what, or how many there are.
    """
    fees = 0
    if is_paid(stage):
        if stage.suppliers is None or stage.amount_minor is None:
            return None
        fees = stage.suppliers * stage.amount_minor
    return fees + (stage.options_minor or 0) + sum(prize.amount_minor for prize in stage.prizes)


def total_cost(challenge: "Challenge") -> Total:
    """Add up all stages, options, prizes and later purchases that are part of the competition.

    Where no stage of work is paid, the budget of the bids stands for it.
    """
    costs = [stage_cost(stage) for stage in challenge.stages]
    minor = sum(cost or 0 for cost in costs)
    if not any(is_paid(stage) for stage in challenge.stages if not is_judged(stage)):
        minor += challenge.stage.budget_minor or 0
    later = challenge.later
    included = later is not None and later.kind == LaterKind.INCLUDED
    if later is not None and included:
        minor += later.value_minor or 0
    unknown = None in costs or (later is not None and included and later.value_minor is None)
    return Total(minor, not unknown)


def says_something(challenge: "Challenge") -> bool:
    """Tell whether a challenge has terms of stages at all: more than the bids that it asks for."""
    return (
        len(challenge.stages) > 1 or challenge.later is not None or any(map(_set, challenge.stages))
    )


def _set(stage: "Stage") -> bool:
    """Tell whether anything is said of a stage that a plain written application does not say."""
    return any(
        (
            stage.kind not in (None, StageKind.APPLICATION),
            stage.description,
            stage.suppliers,
            is_paid(stage),
            stage.lasts,
            stage.property not in (None, Property.SUPPLIER),
            stage.property_note,
            stage.options_minor,
            stage.prizes,
            stage.milestones,
            stage.attach_kinds,
        )
    )


def terms_document(challenge: "Challenge", amount: Write) -> dict[str, Any]:
    """Give the `terms` of a `plan/1`.

    Every stage is in it, in order, whether or not bids are judged in it.
    """
    later = challenge.later
    return {
        "stages": [_stage_document(stage, amount) for stage in challenge.stages],
        "later": None
        if later is None
        else {
            "kind": str(later.kind),
            "value": _written(later.value_minor, amount),
            "bodies": later.bodies,
            "note": later.note,
        },
    }


def _stage_document(stage: "Stage", amount: Write) -> dict[str, Any]:
    return {
        "stage": stage.ordinal,
        "name": stage.name,
        "kind": str(stage.kind or StageKind.APPLICATION),
        "description": stage.description or "",
        "suppliers": stage.suppliers,
        "payment": str(stage.payment or Payment.NONE),
        "amount": _written(stage.amount_minor, amount),
        "vat_on_top": stage.vat_on_top is not False,
        "how_paid": stage.how_paid or "",
        "length": None
        if stage.lasts is None
        else {"count": stage.lasts, "unit": str(stage.lasts_in)},
        "property": str(stage.property or Property.SUPPLIER),
        "property_note": stage.property_note or "",
        "options": _written(stage.options_minor, amount),
        "prizes": [
            {"name": prize.name, "amount": amount(prize.amount_minor)} for prize in stage.prizes
        ],
        "prizes_paid": stage.prizes_paid or "",
        **_bid_document(stage),
    }


def _bid_document(stage: "Stage") -> dict[str, Any]:
    """Give what a bid consists of beside its answers, where the stage says anything of that."""
    found: dict[str, Any] = {}
    if stage.milestones:
        found["milestones"] = milestone_names(stage.milestones)
    if stage.attach_kinds:
        found["attachments"] = {
            "kinds": sorted(stage.attach_kinds.split()),
            "most": stage.attach_most,
            "megabytes": stage.attach_mb,
        }
    return found


def _written(minor: int | None, amount: Write) -> str | None:
    return None if minor is None else amount(minor)

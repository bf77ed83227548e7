"""What bids bring from earlier stages by the plan: a share that they reached there counts again."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.models import Stage
from challenges.plan import carried_in
from scoring.award.recomputing.queries import newest_result


@dataclass(frozen=True)
class _Former:
    """An earlier stage's result: its rows by the bids' identifiers, and what its weights sum to."""

    rows: Mapping[uuid.UUID, Mapping[str, Any]]
    weights_total: Fraction


def carried(session: Session, stage: Stage) -> Mapping[uuid.UUID, Mapping[str, str]]:
    """Give by bid of a stage, and by criterion, the percentage that it brings, as an exact number.

    The caller has held the plan against the log. Only bids that go on from all the stages that
    something is carried from are given.

    Raises:
        LookupError: an earlier stage has no result.
    """
    plan = stage.challenge.plan
    told = carried_in(plan.canonical, stage.ordinal) if plan else {}
    if not told:
        return {}
    bids = {
        bid.id: bid
        for bid in session.scalars(select(Bid).where(Bid.challenge_id == stage.challenge_id))
    }
    stages = {each.ordinal: each for each in stage.challenge.stages}
    formers = {
        number: _former(session, stages[number], bids)
        for number in {source.stage for source in told.values()}
    }
    return {
        bid.id: {
            key: percentage(row, formers[source.stage].weights_total, source.criterion)
            for key, source in told.items()
            if (row := _row(bid, formers[source.stage], bids)) is not None
        }
        for bid in bids.values()
        if bid.stage_id == stage.id
    }


def percentage(row: Mapping[str, Any], weights_total: Fraction, criterion: str | None) -> str:
    """Give what a bid reached of 100 on one criterion of a result, or in all of it, exactly."""
    if criterion is not None:
        return str(row["criteria"][criterion]["percentage"]["exact"])
    return str(100 * Fraction(row["total"]["exact"]) / weights_total)


def _former(session: Session, stage: Stage, bids: Mapping[uuid.UUID, Bid]) -> _Former:
    found = newest_result(session, stage.id)
    if found is None:
        raise LookupError(f"stage {stage.ordinal} has no result that could be carried")
    ids = {bid.reference: bid.id for bid in bids.values() if bid.stage_id == stage.id}
    method = json.loads(found.evaluation)["method"]
    return _Former(
        {ids[row["id"]]: row for row in json.loads(found.result)["bids"]},
        Fraction(method.get("weights_total", "100")),
    )


def _row(bid: Bid, former: _Former, bids: Mapping[uuid.UUID, Bid]) -> Mapping[str, Any] | None:
    """Give the result of the bid that this one follows, in a stage that lies before it."""
    while bid.previous_id is not None:
        bid = bids[bid.previous_id]
        row = former.rows.get(bid.id)
        if row is not None:
            return row if row["rank"] is not None else None
    return None

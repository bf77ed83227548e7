"""Reads which result of a stage counts, and what each one took the place of."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from bids.models import Bid
from scoring.award.models import Result
from scoring.award.recomputing.lifecycle import Moved, Why, moved
from scoring.award.recomputing.models import Recomputation


def replaced() -> Select[tuple[uuid.UUID]]:
    """Select the results whose place another has taken, for conditions."""
    return select(Recomputation.replaced_id)


def newest_result(session: Session, stage_id: uuid.UUID) -> Result | None:
    """Give the result of a stage that counts: the one whose place no other has taken."""
    return session.scalar(
        select(Result)
        .where(Result.stage_id == stage_id, Result.id.not_in(replaced()))
        .order_by(Result.computed_at.desc(), Result.id.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class Again:
    """One computing again: why, about which bid if about one, both digests, and what moved."""

    at: datetime
    why: Why
    reason: str
    bid: str | None
    before_sha256: str
    after_sha256: str
    moved: Sequence[Moved]


def computed_again(session: Session, stage_id: uuid.UUID) -> list[Again]:
    """Give every computing again of a stage's result, the newest first."""
    rows = session.execute(
        select(Result, Recomputation, Bid.reference)
        .outerjoin(Recomputation, Recomputation.result_id == Result.id)
        .outerjoin(Bid, Bid.id == Recomputation.bid_id)
        .where(Result.stage_id == stage_id)
    ).all()
    after = {made.replaced_id: (row, made, bid) for row, made, bid in rows if made is not None}
    # Along the chain and not by the clock: two may be computed at one instant.
    before = next((row for row, made, _bid in rows if made is None), None)
    found: list[Again] = []
    while before is not None and before.id in after:
        row, made, bid = after[before.id]
        found.insert(
            0,
            Again(
                at=row.computed_at,
                why=made.why,
                reason=made.reason,
                bid=bid,
                before_sha256=before.evaluation_sha256,
                after_sha256=row.evaluation_sha256,
                moved=moved(json.loads(before.result), json.loads(row.result)),
            ),
        )
        before = row
    return found

"""Reads of who goes on to a stage, and of all stages of a challenge as its body follows them."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.kinds import Source, is_judged
from challenges.stages.standing import source_of, state_of


@dataclass(frozen=True)
class Row:
    """A stage and where it stands; `state` is None for one in which only work is done.

    `invited` counts the suppliers who were invited to it, in whatever they did since; None for the
    first stage, to which everybody is.
    """

    stage: Stage
    state: State | None
    source: Source
    invited: int | None

    @property
    def can_begin(self) -> bool:
        """Tell whether it waits for an officer to begin it."""
        return self.state is State.WAITING and bool(self.invited)


def rows(session: Session, challenge: Challenge, now: datetime) -> Sequence[Row]:
    """Give all stages of a challenge, in their order."""
    counted = invited(session, [stage.id for stage in challenge.stages])
    return [
        Row(
            stage,
            state_of(challenge, stage, now) if is_judged(stage) else None,
            source_of(stage),
            counted.get(stage.id, 0) if stage.ordinal > 1 and is_judged(stage) else None,
        )
        for stage in challenge.stages
    ]


def invited(session: Session, stages: Collection[uuid.UUID]) -> Mapping[uuid.UUID, int]:
    """Count the suppliers who were invited to each stage, where any were."""
    found = session.execute(
        select(Bid.stage_id, func.count())
        .where(Bid.stage_id.in_(stages), Bid.previous_id.is_not(None))
        .group_by(Bid.stage_id)
    )
    return dict(found.tuples().all())


def waiting(session: Session, stage: Stage) -> int:
    """Count the suppliers who were invited to a stage and have not begun."""
    return session.scalars(
        select(func.count())
        .select_from(Bid)
        .where(Bid.stage_id == stage.id, Bid.state == BidState.INVITED)
    ).one()


def earlier_bids(session: Session, bid: Bid) -> Iterator[Bid]:
    """Give the bids that led to this one, the last one first."""
    while bid.previous_id is not None:
        bid = session.get_one(Bid, bid.previous_id)
        yield bid

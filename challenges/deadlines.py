"""Reads of how a stage's closing instant was moved, and of the proposal that waits."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from challenges import hooks
from challenges.closing_models import DeadlineChange
from challenges.kinds import DeadlineOutcome
from challenges.models import Stage
from marketplace.core.errors import NotFound
from marketplace.core.text import N_


@dataclass(frozen=True)
class Moved:
    """How often a closing instant was moved, and when last."""

    times: int
    last: datetime


def waiting(session: Session, stage: Stage) -> DeadlineChange | None:
    """Give the proposal that waits for a second officer, if one does."""
    return session.scalar(
        select(DeadlineChange)
        .where(DeadlineChange.stage_id == stage.id, DeadlineChange.outcome.is_(None))
        .options(joinedload(DeadlineChange.proposed_by))
    )


def moves(session: Session, stage: Stage) -> Sequence[DeadlineChange]:
    """Give how the closing instant was moved, the first move first, with who did it."""
    return session.scalars(
        select(DeadlineChange)
        .where(
            DeadlineChange.stage_id == stage.id,
            DeadlineChange.outcome == DeadlineOutcome.CONFIRMED,
        )
        .options(joinedload(DeadlineChange.proposed_by), joinedload(DeadlineChange.decided_by))
        .order_by(DeadlineChange.closes_from)
    ).all()


def last_moves(session: Session, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Moved]:
    """Give how often, and when last, the first closing instants of challenges were moved; what was
    never moved is left out."""
    found = session.execute(
        select(
            Stage.challenge_id,
            func.count(DeadlineChange.id).label("times"),
            func.max(DeadlineChange.decided_at).label("last"),
        )
        .join(DeadlineChange, DeadlineChange.stage_id == Stage.id)
        .where(
            Stage.challenge_id.in_(ids),
            Stage.ordinal == 1,
            DeadlineChange.outcome == DeadlineOutcome.CONFIRMED,
        )
        .group_by(Stage.challenge_id)
    )
    return {row.challenge_id: Moved(row.times, row.last) for row in found}


def find(session: Session, stage: Stage, change_id: uuid.UUID) -> DeadlineChange:
    """Give a proposal for the stage, waiting or decided.

    Raises:
        NotFound: there is none with this id.
    """
    change = session.get(DeadlineChange, change_id)
    if change is None or change.stage_id != stage.id:
        raise NotFound(N_("There is no such proposal."))
    return change


def opening_began(session: Session, stage: Stage) -> bool:
    """Tell whether two officers have signed for the opening of the bids, or it is done."""
    return hooks.of_bids().opening_began(session, stage)

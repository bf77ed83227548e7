"""Reads of how a stage's closing instant was moved, and of the proposal that waits."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from challenges import hooks
from challenges.models import Challenge, DeadlineChange, DeadlineOutcome
from marketplace.core.errors import NotFound
from marketplace.core.text import N_


def waiting(session: Session, challenge: Challenge) -> DeadlineChange | None:
    """Give the proposal that waits for a second officer, if one does."""
    return session.scalar(
        select(DeadlineChange)
        .where(DeadlineChange.stage_id == challenge.stage.id, DeadlineChange.outcome.is_(None))
        .options(joinedload(DeadlineChange.proposed_by))
    )


def moves(session: Session, challenge: Challenge) -> Sequence[DeadlineChange]:
    """Give how the closing instant was moved, the first move first, with who did it."""
    return session.scalars(
        select(DeadlineChange)
        .where(
            DeadlineChange.stage_id == challenge.stage.id,
            DeadlineChange.outcome == DeadlineOutcome.CONFIRMED,
        )
        .options(joinedload(DeadlineChange.proposed_by), joinedload(DeadlineChange.decided_by))
        .order_by(DeadlineChange.closes_from)
    ).all()


def find(session: Session, challenge: Challenge, change_id: uuid.UUID) -> DeadlineChange:
    """Give a proposal of the challenge, waiting or decided.

    Raises:
        NotFound: there is none with this id.
    """
    change = session.get(DeadlineChange, change_id)
    if change is None or change.stage_id != challenge.stage.id:
        raise NotFound(N_("There is no such proposal."))
    return change


def opening_began(session: Session, challenge: Challenge) -> bool:
    """Tell whether two officers have signed for the opening of the bids, or it is done."""
    return hooks.of_bids().opening_began(session, challenge)

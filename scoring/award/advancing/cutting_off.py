"""Reads what the panel decided about bids that tie for the last place."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scoring.award.advancing.models import CutOffDecision


def cut_offs(session: Session, stage_id: uuid.UUID) -> Sequence[CutOffDecision]:
    """Give what the panel decided about bids that tie for the last place, the latest last."""
    return session.scalars(
        select(CutOffDecision)
        .where(CutOffDecision.stage_id == stage_id)
        .options(joinedload(CutOffDecision.decided_by))
        .order_by(CutOffDecision.decided_at, CutOffDecision.id)
    ).all()

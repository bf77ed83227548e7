"""Reads what the panel decided about bids that tie for the last place."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from challenges.models import Stage
from scoring.award.advancing.models import CutOffDecision


def cut_offs(session: Session, stage_id: uuid.UUID) -> Sequence[CutOffDecision]:
    """Give what the panel decided about bids that tie for the last place, the latest last."""
    return session.scalars(
        select(CutOffDecision)
        .where(CutOffDecision.stage_id == stage_id)
        .options(joinedload(CutOffDecision.decided_by))
        .order_by(CutOffDecision.decided_at, CutOffDecision.id)
    ).all()


def lost_tie(
    session: Session, stage: Stage, evaluation: Mapping[str, Any], bid_reference: str
) -> str:
    """Give the reason by which the panel let others go on with whom a bid tied; else nothing."""
    chosen = set(evaluation.get("cutoff_decision", ()))
    for made in reversed(cut_offs(session, stage.id) if chosen else ()):
        if set(made.chosen) == chosen:
            lost = bid_reference in made.tied and bid_reference not in chosen
            return made.reason if lost else ""
    return ""

"""Reads from where a panel judges again, and why."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from scoring.panel.again.models import PanelReopening


def reopenings(session: Session, stage_id: uuid.UUID) -> Sequence[PanelReopening]:
    """Give every time that a stage's panel began to judge again, the newest first."""
    return session.scalars(
        select(PanelReopening)
        .where(PanelReopening.stage_id == stage_id)
        .order_by(PanelReopening.reopened_at.desc(), PanelReopening.id.desc())
    ).all()


def last_reopening(session: Session, stage_id: uuid.UUID) -> PanelReopening | None:
    """Give why a stage's panel judged again last, if it ever did."""
    return next(iter(reopenings(session, stage_id)), None)

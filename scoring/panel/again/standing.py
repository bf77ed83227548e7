"""Reads which of an evaluator's scores stand while the panel judges again."""

import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from scoring.panel import queries
from scoring.panel.again.lifecycle import may_change
from scoring.panel.again.queries import last_reopening
from scoring.panel.models import PanelMember, Score


def standing_scores(
    session: Session, member: PanelMember
) -> Mapping[tuple[uuid.UUID, uuid.UUID], Score]:
    """Give a member's own scores that stand, by bid and criterion: those from before the panel
    judged again that it does not name. Nothing where it never did."""
    again = last_reopening(session, member.stage_id)
    if again is None:
        return {}
    own = queries.current_scores(session, member.stage_id, member_id=member.id)
    return {
        (score.bid_id, score.criterion_id): score
        for score in own
        if score.recorded_at < again.reopened_at
        and not may_change(again.point, again.named, score.criterion.key)
    }

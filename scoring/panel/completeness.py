"""Reads what a panel lacks: for a bid that was left out for a while, or after recusals."""

import uuid

from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.permissions import Actor
from scoring.panel import declarations, queries
from scoring.panel.lifecycle import PanelPhase
from scoring.panel.obstacles import obstacles_of
from scoring.panel.queries import Meeting


def too_few(session: Session, found: Meeting) -> bool:
    """Tell whether recusals left too few to judge a bid that counts, or a chair who may not."""
    bidders = queries.bidders(session, found.stage.id)
    decided = [i for i in declarations.declared_interests(session, found.stage.id) if not i.open]
    return bool(
        queries.valid(bidders) and obstacles_of(found.members, bidders, decided, found.stage)
    )


def gone_past(
    session: Session, stage: Stage, bid_id: uuid.UUID, actor: Actor
) -> list[tuple[str, str]]:
    """Name what the panel has gone past without a bid, so that the bid cannot count again.

    Each is who or what is missing and on which question: scores of those who have submitted or,
    from moderation on, of everybody, and agreed scores once quality is locked, if any are agreed.
    """
    found = queries.meeting_of(session, stage, actor)
    apart = declarations.recusals(session, stage.id)
    scored = {
        (score.member_id, score.criterion_id)
        for score in queries.current_scores(session, stage.id)
        if score.bid_id == bid_id
    }
    missing = [
        (member.label, question.title)
        for member in found.evaluators
        if (member.scores_submitted_at is not None or found.phase is not PanelPhase.SCORING)
        and (member.id, bid_id) not in apart
        for question in queries.questions_of(member, stage)
        if (member.id, question.id) not in scored
    ]
    if found.phase is PanelPhase.LOCKED and not stage.scores_stand:
        agreed = {
            row.criterion_id
            for row in queries.current_consensus(session, stage.id)
            if row.bid_id == bid_id
        }
        missing += [
            ("", question.title)
            for question in queries.questions(stage)
            if question.id not in agreed
        ]
    return missing

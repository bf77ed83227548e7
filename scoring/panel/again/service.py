"""Has a panel judge again from a point, in the transaction of the decision that says so."""

from collections.abc import Collection

from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages import recording
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor
from scoring.panel import queries
from scoring.panel.again import log_words
from scoring.panel.again.lifecycle import SCORING_AGAIN, Point
from scoring.panel.again.models import AgreedAgain, PanelReopening
from scoring.panel.interests.models import ScoringReopened
from scoring.panel.models import ScoreDraft


def judge_again(
    session: Session,
    stage: Stage,
    point: Point,
    named: Collection[str],
    reason: str,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Unlock what a panel agreed, and have it judge again from a point that is not the
    recommendation. The caller holds the challenge's row and has asked its policy.

    `named` are the keys of the questions. Nothing is deleted: agreed scores of these stand no
    longer and are agreed again. From eligibility or scoring on each evaluator submits again. What
    they had given is before them as a draft, but for the questions that they score anew.

    Raises:
        Forbidden, WrongMoment: by the panel's own reading.
    """
    found = queries.meeting_of(session, stage, actor)
    panel = found.named_panel
    assert panel.quality_locked_at is not None  # a decision rests on locked scores
    assert panel.moderation_began_at is not None
    now = clock.now()
    keys = sorted(named)
    row = PanelReopening(
        stage_id=stage.id,
        point=point,
        named=keys,
        reason=reason,
        moderation_began_at=panel.moderation_began_at,
        locked_at=panel.quality_locked_at,
        reopened_by_id=actor.user_id,
        reopened_at=now,
    )
    session.add(row)
    session.flush()
    session.add_all(
        AgreedAgain(consensus_id=agreed.id, reopening_id=row.id)
        for agreed in queries.current_consensus(session, stage.id)
        if agreed.criterion.key in named
    )
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.AGAIN,
        actor=actor,
        point=point.value,
        criteria=keys,
        locked_at=write_instant(panel.quality_locked_at),
        prices_were_shown=True,
        names_were_shown=stage.names_withheld or None,
        reason=reason,
    )
    panel.quality_locked_at = None
    session.flush()
    if point in SCORING_AGAIN:
        # Whoever sat has seen all scores: they join in no other seat, and it is on record.
        session.add(
            ScoringReopened(
                stage_id=stage.id,
                moderation_began_at=panel.moderation_began_at,
                reason=reason,
                reopened_by_id=actor.user_id,
                reopened_at=now,
            )
        )
        session.add_all(
            ScoreDraft(
                member_id=score.member_id,
                bid_id=score.bid_id,
                criterion_id=score.criterion_id,
                value=score.value,
                rationale=score.rationale,
                changed_at=now,
            )
            for score in queries.current_scores(session, stage.id)
            if score.criterion.key not in named
        )
        for member in found.evaluators:
            member.scores_submitted_at = None
        panel.moderation_began_at = None
        session.flush()

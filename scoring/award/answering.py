"""Answers a recommendation within the caller's transaction: by a person, or as a minute has it."""

import uuid

from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.running import stored_state
from challenges.texts import refuse_text
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_
from scoring.award import policy, queries
from scoring.award.evidence.policy import can_approve
from scoring.award.evidence.queries import of_stage
from scoring.award.letters.making import begin_batch
from scoring.award.models import Recommendation, SignOff
from scoring.award.queries import Decision

REASON_MOST = 10_000


def may_answer(stage: Stage, found: Decision, actor: Actor) -> Answer:
    """Answer whether the actor may answer a stage's recommendation, whoever decides it."""
    recommendation = found.recommendation
    return policy.can_sign_off(
        actor,
        recommended_by_id=recommendation.recommended_by_id if recommendation else None,
        state=stored_state(stage.challenge, stage),
        answered=found.sign_off is not None,
        unnamed=queries.judges_unnamed(stage, found.panel, actor),
        lapsed=found.lapsed,
        undecided=found.undecided,
    )


def seen(found: Decision, recommendation_id: uuid.UUID) -> Recommendation | None:
    """Give the recommendation, if there is one, that a person saw.

    Raises:
        NotFound: another one stands by now, or there was never such a one.
    """
    if found.recommendation is not None and found.recommendation.id != recommendation_id:
        raise NotFound(N_("There is no such recommendation."))
    return found.recommendation


def answer(
    session: Session,
    stage: Stage,
    recommendation: Recommendation,
    *,
    approved: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
    **said: object,
) -> None:
    """Approve a recommendation or return it; the caller has asked whether the actor may.

    An approval has the letters to all bidders made by a job. `said` goes into the entry of the log
    beside the reason.

    Raises:
        WrongMoment: evidence waits that holds an approval.
        Invalid: the reason is empty.
    """
    if approved:
        ensure(can_approve(of_stage(session, stage, recommendation, clock.now()).held))
    reason = reason.strip()
    refuse_text(reason, "reason", N_("Give the reason for your decision"), REASON_MOST)
    session.add(
        SignOff(
            recommendation_id=recommendation.id,
            recommended_by_id=recommendation.recommended_by_id,
            decided_by_id=actor.user_id,
            approved=approved,
            reason=reason,
            decided_at=clock.now(),
        )
    )
    session.flush()
    recording.append(
        session,
        stage,
        clock=clock,
        action="award.cleared" if approved else "award.returned",
        actor=actor,
        bid=recommendation.references,
        reason=reason,
        **said,
    )
    if approved:
        begin_batch(session, stage, clock, recommendation_id=recommendation.id)

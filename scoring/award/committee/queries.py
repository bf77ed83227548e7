"""Reads who decides an award, and what a committee decided."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from challenges.frozen import frozen_evaluation
from challenges.models import Stage
from marketplace.core.dates import PLACE
from marketplace.core.regimes.exemptions import Exemptions, exemptions_on
from scoring.award.committee.kinds import Outcome
from scoring.award.committee.models import AwardRoute, CommitteeDecision
from scoring.award.models import Recommendation


def exemptions_of(session: Session, stage: Stage, now: datetime) -> Exemptions:
    """Give the grounds on which an annex is kept from the public, of the regime that a stage's plan
    is pinned to.

    Raises:
        LookupError: none hold yet.
        WrongMoment: the stored plan is not the published one.
    """
    plan = frozen_evaluation(session, stage)
    return exemptions_on(plan.regime, now.astimezone(PLACE).date())


def route_of(session: Session, stage_id: uuid.UUID) -> AwardRoute | None:
    """Give by which committee the award of a stage is decided; None where a person decides."""
    found = _last_said(session, stage_id)
    return found if found is not None and found.committee else None


def by_committees(
    session: Session, stage_id: uuid.UUID
) -> tuple[AwardRoute | None, Sequence[CommitteeDecision]]:
    """Give both what `route_of` and `decisions_of` give; asked once where no committee ever was."""
    found = _last_said(session, stage_id)
    if found is None:
        return None, ()
    return (found if found.committee else None), decisions_of(session, stage_id)


def _last_said(session: Session, stage_id: uuid.UUID) -> AwardRoute | None:
    return session.scalars(
        select(AwardRoute)
        .where(AwardRoute.stage_id == stage_id)
        .options(joinedload(AwardRoute.set_by))
        .order_by(AwardRoute.set_at.desc(), AwardRoute.id.desc())
        .limit(1)
    ).first()


def decisions_of(session: Session, stage_id: uuid.UUID) -> Sequence[CommitteeDecision]:
    """Give all that committees decided about a stage's recommendations, the first first."""
    return session.scalars(
        select(CommitteeDecision)
        .join(Recommendation, Recommendation.id == CommitteeDecision.recommendation_id)
        .where(Recommendation.stage_id == stage_id)
        .options(joinedload(CommitteeDecision.recorded_by))
        .order_by(CommitteeDecision.recorded_at, CommitteeDecision.id)
    ).all()


def answered(
    decisions: Sequence[CommitteeDecision], recommendation_id: uuid.UUID
) -> CommitteeDecision | None:
    """Give the committee's answer to one recommendation: one that it put off is none."""
    for each in decisions:
        if each.recommendation_id == recommendation_id and each.outcome is not Outcome.DEFERRED:
            return each
    return None

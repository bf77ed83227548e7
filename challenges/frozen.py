"""What publication froze, held against the log before anything is decided by it."""

import hashlib

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.log_words import PUBLISHED
from challenges.models import Challenge, EvaluationPlan, Plan
from challenges.plan import evaluations
from marketplace.core.audit.models import LogEntry
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_


class PlanDiffers(WrongMoment):
    """The stored criteria and method are not those that were published; nothing is decided."""


def frozen_evaluation(session: Session, challenge: Challenge) -> EvaluationPlan:
    """Give the criteria and method of a challenge's stage, which are those of its logged plan.

    Raises:
        PlanDiffers: they are not, or the stored plan is not the one whose digest the log holds.
    """
    stage = challenge.stage
    evaluation = session.get_one(EvaluationPlan, stage.id)
    plan = session.get(Plan, challenge.id)
    published = session.scalar(
        select(LogEntry)
        .where(LogEntry.chain == challenge.reference, LogEntry.action == PUBLISHED)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    if (
        plan is None
        or published is None
        or hashlib.sha256(plan.canonical).hexdigest() != published.fields.get("plan")
        or evaluations(plan.canonical).get(stage.ordinal) != evaluation.canonical
    ):
        raise PlanDiffers(
            N_(
                "The criteria and weights stored for this challenge are not the ones that were "
                "published, so nothing can be decided by them. Tell the people who run this "
                "service: “marketplace log verify” says what was changed."
            )
        )
    return evaluation

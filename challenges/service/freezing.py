"""Freezes the plan of a challenge: at publication, and at a change that makes its next version."""

from hashlib import sha256

from sqlalchemy.orm import Session

from challenges.law import Law, law_holding
from challenges.models import Challenge, EvaluationPlan, Plan, Stage
from challenges.plan import FIRST_VERSION, frozen_plan, plan_document
from challenges.stages.kinds import is_judged
from marketplace.core.clock import Clock
from scoring.engine.canonical import canonical


def freeze(
    session: Session, challenge: Challenge, clock: Clock, version: int = FIRST_VERSION
) -> tuple[EvaluationPlan, Plan]:
    """Freeze the whole plan that says to bidders what is judged and what is paid, and of each
    stage of selection its criteria and method; give those of the first stage.

    The rules of law that the first version pins are those of its day; later versions keep them.
    """
    law = law_holding(challenge, clock.now())
    whole = canonical(
        frozen_plan(
            challenge,
            version=version,
            regime=law.regime.key,
            regime_version=law.regime.version,
            band=law.band.key,
        )
    )
    plan = Plan(
        version=version,
        canonical=whole,
        sha256=sha256(whole).hexdigest(),
        frozen_at=clock.now(),
    )
    challenge.plans.append(plan)
    for stage in filter(is_judged, challenge.stages):
        stage.plans.append(_evaluation(stage, law, version, clock))
    session.flush()
    return challenge.stage.plans[-1], plan


def _evaluation(stage: Stage, law: Law, version: int, clock: Clock) -> EvaluationPlan:
    evaluation = canonical(plan_document(stage))
    return EvaluationPlan(
        version=version,
        canonical=evaluation,
        sha256=sha256(evaluation).hexdigest(),
        regime=law.regime.key,
        regime_version=law.regime.version,
        band=law.band.key,
        frozen_at=clock.now(),
    )

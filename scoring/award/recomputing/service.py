"""Computes a stage's result, the first time and again, within the caller's transaction."""

import hashlib
import json

from sqlalchemy.orm import Session

from bids import hooks as bid_hooks
from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages import recording
from challenges.stages.running import state_of
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor
from scoring import engine
from scoring.award import queries
from scoring.award.advancing.cutting_off import cut_offs
from scoring.award.models import Result
from scoring.award.recomputing.lifecycle import Because, Why, cannot_come_back
from scoring.award.recomputing.models import Recomputation
from scoring.award.recomputing.queries import newest_result
from scoring.panel import hooks as panel_hooks
from scoring.panel import queries as panels
from scoring.panel.completeness import gone_past, too_few
from scoring.panel.lifecycle import PanelPhase


def compute(
    session: Session,
    stage: Stage,
    *,
    actor: Actor,
    clock: Clock,
    because: Because | None = None,
) -> Result:
    """Run the engine over what is recorded, and keep both documents as bytes.

    `because` says why where there is a result already, whose place the new one takes. The caller
    holds the challenge's row.

    Raises:
        WrongMoment: the stored plan is not the published one.
        LookupError: there is a result already and no `because`.
    """
    before = newest_result(session, stage.id)
    if before is not None and because is None:
        raise LookupError("a result is computed again only for a reason")
    return _keep(session, stage, _evaluation(session, stage), before, because, actor, clock)


def recompute(
    session: Session, stage: Stage, because: Because, *, actor: Actor, clock: Clock
) -> Result | None:
    """Compute the result again where quality is locked and something that it rests on has changed.

    Returns the new result, or None where there is none to compute again. The caller holds the
    challenge's row.

    Raises:
        WrongMoment: the stored plan is not the published one.
    """
    before = newest_result(session, stage.id)
    found = queries.panel_of(session, stage.id)
    if before is None or found is None or found.quality_locked_at is None:
        return None
    session.flush()
    evaluation = _evaluation(session, stage)
    if evaluation == before.evaluation:
        return None
    return _keep(session, stage, evaluation, before, because, actor, clock)


def _evaluation(session: Session, stage: Stage) -> bytes:
    """Make the evaluation document, with what the panel decided about those who tie across the
    line, where it is this tie that it decided about."""
    document = queries.gather(session, stage)
    evaluation = engine.canonical(document)
    made = cut_offs(session, stage.id)
    if not made:
        return evaluation
    tied = set(json.loads(engine.render(engine.evaluate(evaluation)))["cutoff_tie"])
    for decision in reversed(made):
        if set(decision.tied) == tied:
            return engine.canonical({**document, "cutoff_decision": decision.chosen})
    return evaluation


def _keep(
    session: Session,
    stage: Stage,
    evaluation: bytes,
    before: Result | None,
    because: Because | None,
    actor: Actor,
    clock: Clock,
) -> Result:
    result = engine.render(engine.evaluate(evaluation))
    row = Result(
        stage_id=stage.id,
        evaluation=evaluation,
        evaluation_sha256=hashlib.sha256(evaluation).hexdigest(),
        result=result,
        result_sha256=hashlib.sha256(result).hexdigest(),
        engine_version=engine.ENGINE_VERSION,
        computed_at=clock.now(),
    )
    session.add(row)
    session.flush()
    again: dict[str, str | None] = {}
    if before is not None and because is not None:
        about = {each.reference: each.bid_id for each in panels.bidders(session, stage.id)}
        session.add(
            Recomputation(
                result_id=row.id,
                replaced_id=before.id,
                why=because.why,
                reason=because.reason,
                bid_id=about[because.bid_reference] if because.bid_reference else None,
            )
        )
        session.flush()
        again = {
            "because": because.why.value,
            "reason": because.reason,
            "bid": because.bid_reference,
            "replaces": before.evaluation_sha256,
        }
    recording.append(
        session,
        stage,
        clock=clock,
        action="result.computed",
        actor=actor,
        evaluation_sha256=row.evaluation_sha256,
        result_sha256=row.result_sha256,
        engine_version=row.engine_version,
        **again,
    )
    return row


def after_finding(
    session: Session, challenge: Challenge, found: bid_hooks.Found, actor: Actor, clock: Clock
) -> None:
    """Follow an officer's decision about a bid that the panel has begun to score.

    Raises:
        WrongMoment: the bid is to count again, and the panel has gone on without it.
    """
    bid: Bid = found.bid
    stage = next(each for each in challenge.stages if each.id == bid.stage_id)
    if state_of(challenge, stage, clock.now()) is not State.EVALUATING:
        return
    if bid.state is BidState.VALID and found.before is not BidState.VALID:
        missing = gone_past(session, stage, bid.id, actor)
        met = panels.meeting_of(session, stage, actor)
        short = met.phase is PanelPhase.LOCKED and too_few(session, met)
        if (refusal := cannot_come_back(missing, too_few=short)) is not None:
            message, values = refusal
            raise WrongMoment(message, **values)
    because = Because(Why.ELIGIBILITY, found.reason, bid.reference)
    recompute(session, stage, because, actor=actor, clock=clock)


def after_recusal(
    session: Session,
    stage: Stage,
    bid_reference: str,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Follow a recusal that came after the lock and let every agreed score stand."""
    recompute(
        session, stage, Because(Why.INTEREST, reason, bid_reference), actor=actor, clock=clock
    )


bid_hooks.after_finding.append(after_finding)
panel_hooks.after_recusal.append(after_recusal)

"""Deciding about a price that was flagged as unusually low."""

from datetime import datetime

from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import state_of
from challenges.texts import refuse_all
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.low_prices import log_words, policy, queries
from scoring.award.low_prices.models import LowPriceDecision
from scoring.award.low_prices.policy import PriceFinding


def may_decide(actor: Actor, stage: Stage, found: awards.Decision, now: datetime) -> Answer:
    """Answer whether the actor may decide about a stage's flagged prices at `now`."""
    return policy.can_decide(
        actor,
        state_of(stage.challenge, stage, now),
        # While quality is unlocked the result that is there does not hold.
        has_result=found.computed is not None and found.locked,
        awaits_sign_off=found.awaits_sign_off or found.awaits_letters,
        unnamed=awards.judges_unnamed(stage, found.panel, actor),
    )


def decide(
    at: Where,
    bid_reference: str,
    *,
    finding: PriceFinding | None,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Record what an officer finds about a flagged price, with the reason.

    It changes no score and leaves no bid out. The same finding for the same reason sent twice is
    recorded once.

    Raises:
        NotFound: there is no such challenge of the actor's body, or this price is not flagged.
        Forbidden, WrongMoment: by `policy.can_decide`.
        Invalid: by `policy.refusals`, by field.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        ensure(may_decide(actor, stage, found, clock.now()))
        price = queries.price_of(session, stage, found.computed, bid_reference)
        assert found.computed is not None  # the policy has said so
        over, answered = price.over(clock.now()), price.answered()
        # Whose bid came in elsewhere is asked there; the officer's reason says what it answered.
        elsewhere = stage.challenge.bids_elsewhere
        wrong = policy.refusals(
            finding,
            reason,
            asked=elsewhere or over is not None,
            explained=elsewhere or answered is not None,
        )
        refuse_all(wrong)
        assert finding is not None  # a missing one was just refused
        if price.findings:
            latest = price.findings[-1]
            same = (latest.finding, latest.reason) == (finding, reason.strip())
            if same and not price.flag.open:
                return
        rests_on = answered if finding is PriceFinding.EXPLAINED else over
        session.add(
            LowPriceDecision(
                stage_id=stage.id,
                bid_id=price.bid_id,
                result_id=found.computed.row.id,
                query_id=rests_on.id if rests_on else None,
                asked_elsewhere=elsewhere and finding is not PriceFinding.NO_DOUBT,
                detectors=" ".join(price.flag.detectors),
                finding=finding,
                reason=reason.strip(),
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.DECIDED,
            actor=actor,
            bid=bid_reference,
            detectors=list(price.flag.detectors),
            finding=finding.value,
            query=rests_on.number if rests_on else None,
            reason=reason.strip(),
            result_sha256=found.computed.row.result_sha256,
        )

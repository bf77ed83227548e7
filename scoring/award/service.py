"""The decision, one function per use case: conclude, recommend, sign off, sign the contract."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from bids.log_words import READ
from bids.opened import opened_bids
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import next_judged, stored_state
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import log_words, pages, policy, queries
from scoring.award.advancing.lifecycle import choice_fault, line_of
from scoring.award.answering import answer, may_answer, seen
from scoring.award.committee.queries import route_of
from scoring.award.contracts.signing import sign_contract
from scoring.award.low_prices import policy as prices
from scoring.award.low_prices import queries as price_queries
from scoring.award.models import Recommendation, RecommendedBid
from scoring.award.recomputing.lifecycle import Because, Why
from scoring.award.recomputing.service import compute
from scoring.award.telling import tell_answered, tell_recommended
from scoring.panel import service as panels
from scoring.panel.again.queries import last_reopening
from scoring.panel.interests.queries import last_unlock

__all__ = [
    "conclude_scoring",
    "log_words",
    "note_result",
    "read_trace",
    "recommend",
    "sign_contract",
    "sign_off",
]


def conclude_scoring(at: Where, *, actor: Actor, clock: Clock) -> uuid.UUID:
    """Lock the quality scores and compute the result; return the result's id.

    Locked again after an interest was found later, the result takes the place of the one before.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor does not chair this panel.
        WrongMoment: not every cell has its agreed score, or the lock is there already; or the
            stored plan is not the published one.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.decision(session, stage)
        state = stored_state(stage.challenge, stage)
        ensure(policy.can_conclude(actor, queries.chair_id(found.panel), state))
        panels.lock_quality(session, stage, actor=actor, clock=clock)
        because = _why_locked_again(session, stage)
        return compute(session, stage, actor=actor, clock=clock, because=because).id


def recommend(
    at: Where, *, bids: Collection[str], reason: str, actor: Actor, clock: Clock
) -> uuid.UUID:
    """Recommend a bid ranked first, by its reference; return the recommendation's id.

    Where the plan lets several suppliers win, several bids can be recommended, none of them past
    one that ranks above it.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor does not chair this panel.
        WrongMoment: there is no result, a recommendation awaits its sign-off, or suppliers go on
            from this stage to another.
        Invalid: the reason is empty, or these bids cannot be recommended.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.decision(session, stage)
        ensure(
            policy.can_recommend(
                actor,
                chair_id=queries.chair_id(found.panel),
                state=stored_state(stage.challenge, stage),
                has_result=found.computed is not None and found.locked,
                any_ranked=found.any_ranked,
                undecided=found.undecided,
                awaits_sign_off=found.awaits_sign_off,
                awaits_letters=found.awaits_letters,
                leads_on=next_judged(stage.challenge, stage) is not None,
            )
        )
        assert found.computed is not None  # the policy has said so
        flags = price_queries.flags_of(session, stage, found.computed)
        ensure(prices.can_go_on(flags))
        if not reason.strip():
            raise Invalid(
                N_("Give the reason."),
                {"reason": N_("Say why the panel recommends this bid")},
            )
        line = line_of(found.computed.evaluation, found.computed.result)
        refused = [each.bid for each in flags if each.refused]
        if (fault := choice_fault(line, found.computed.result, bids, refused)) is not None:
            raise Invalid(N_("Choose a bid."), {"bid": fault[0]}, **fault[1])
        chosen = [bid["id"] for bid in found.computed.result["bids"] if bid["id"] in set(bids)]
        row = Recommendation(
            stage_id=stage.id,
            result_id=found.computed.row.id,
            reason=reason.strip(),
            recommended_by_id=actor.user_id,
            recommended_at=clock.now(),
        )
        session.add(row)
        session.flush()
        ids = {bid.reference: bid.bid_id for bid in opened_bids(session, stage.id)}
        session.add_all(
            RecommendedBid(
                recommendation_id=row.id, bid_id=ids[reference], stage_id=stage.id, place=place
            )
            for place, reference in enumerate(chosen, start=1)
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action="award.recommended",
            actor=actor,
            bid=", ".join(chosen),
            reason=row.reason,
            result_sha256=found.computed.row.result_sha256,
        )
        tell_recommended(session, stage, actor, clock)
        return row.id


def sign_off(
    at: Where,
    *,
    recommendation_id: uuid.UUID,
    approved: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Approve a recommendation, or return it.

    An approval tells no bidder anything yet: a procurement officer looks at the letters, and only
    when these go out is the intention to award announced (`letters.service`).

    `recommendation_id` is the one the person saw: if it is no longer the latest, nothing happens.

    Raises:
        NotFound: the challenge is another body's, or the recommendation another challenge's.
        Forbidden: the actor is no approver, or recommended the bid.
        WrongMoment: a committee decides this award, the recommendation has been answered, what it
            rests on has changed since, evidence waits that holds an approval, or the stored plan is
            not the published one.
        Invalid: the reason is empty.
    """
    # Two approvers at once: the key of sign_off admits one.
    with transaction(
        taken=WrongMoment(N_("This recommendation has been answered already."))
    ) as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.decision(session, stage)
        recommendation = seen(found, recommendation_id)
        by_committee = route_of(session, stage.id) is not None
        ensure(policy.can_decide_alone(may_answer(stage, found, actor), by_committee=by_committee))
        assert recommendation is not None  # the policy has said so
        answer(
            session,
            stage,
            recommendation,
            approved=approved,
            reason=reason,
            actor=actor,
            clock=clock,
        )
        tell_answered(session, stage, found, approved, actor, clock)


def note_result(at: Where, *, actor: Actor, clock: Clock) -> None:
    """Record that an auditor reads the result, which `pages.result` has given.

    Raises:
        NotFound: the challenge is another body's.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor)
        recording.append(session, stage, clock=clock, action="result.read", actor=actor)


def read_trace(at: Where, bid_reference: str, *, actor: Actor, clock: Clock) -> pages.TracePage:
    """Give the steps to one bid's figures, which show its price, and record the reading first.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `pages.trace`.
    """
    with transaction() as session:
        page = pages.trace(session, at, bid_reference, actor)
        recording.append(
            session,
            page.stage,
            clock=clock,
            action=READ,
            actor=actor,
            bid=bid_reference,
            page="trace",
        )
    return page


def _why_locked_again(session: Session, stage: Stage) -> Because | None:
    """Give why scores had been unlocked last; None where they are locked for the first time."""
    unlocked, again = last_unlock(session, stage.id), last_reopening(session, stage.id)
    if again and (unlocked is None or unlocked.unlock.unlocked_at <= again.reopened_at):
        return Because(Why.AGAIN, again.reason)
    return Because(Why.INTEREST, unlocked.reason, unlocked.bid_reference) if unlocked else None

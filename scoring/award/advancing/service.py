"""Deciding who goes on from a stage: proposed by the chair, confirmed by another person."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from bids.inviting.service import invite
from bids.opened import opened_bids
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.advancing import lifecycle, log_words, policy, queries
from scoring.award.advancing.models import Advance, AdvanceAnswer, AdvancingBid, CutOffDecision
from scoring.award.letters.making import begin_for_others
from scoring.award.low_prices import policy as prices
from scoring.award.low_prices import queries as price_queries
from scoring.award.recomputing.lifecycle import Because, Why
from scoring.award.recomputing.service import recompute


def decide_cut_off(
    at: Where, chosen: Collection[str], *, reason: str, actor: Actor, clock: Clock
) -> None:
    """Decide which of the bids that tie across the line go on, by their references.

    The result is computed again with the decision in its evaluation document. Where the approver
    returned what was proposed on a decision, another one takes its place.

    Raises:
        NotFound: there is no such stage of a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_decide_cut_off`.
        Invalid: the reason is empty, these are not so many of the tied bids as places are left, or
            they are those that were chosen before.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        now = queries.progress(session, stage, found)
        ensure(policy.can_decide_cut_off(actor, awards.chair_id(found.panel), now.standing))
        assert found.computed is not None  # the policy has said so
        line = now.open_line
        assert line is not None
        before = found.computed.evaluation.get("cutoff_decision", ())
        if (fault := lifecycle.cut_off_fault(line, chosen, before)) is not None:
            raise Invalid(N_("Choose who goes on."), {"chosen": fault[0]}, **fault[1])
        _ensure_reason(reason, N_("Say why these bids go on and the others do not"))
        row = CutOffDecision(
            stage_id=stage.id,
            result_id=found.computed.row.id,
            tied=sorted(line.tied),
            chosen=sorted(set(chosen)),
            reason=reason.strip(),
            decided_by_id=actor.user_id,
            decided_at=clock.now(),
        )
        session.add(row)
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.CUT_OFF,
            actor=actor,
            tied=row.tied,
            chosen=row.chosen,
            reason=row.reason,
            result_sha256=found.computed.row.result_sha256,
        )
        recompute(session, stage, Because(Why.CUT_OFF, row.reason), actor=actor, clock=clock)


def propose(at: Where, *, reason: str, actor: Actor, clock: Clock) -> uuid.UUID:
    """Propose that those go on whom the plan lets go on by the result; give the proposal's id.

    Raises:
        NotFound: there is no such stage of a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_propose`; or a low price is not decided, or one
            that was not explained is among those who would go on.
        Invalid: the reason is empty.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        now = queries.progress(session, stage, found)
        ensure(policy.can_propose(actor, awards.chair_id(found.panel), now.standing))
        assert found.computed is not None  # the policy has said so
        assert now.line is not None
        _ensure_prices(session, stage, found, now.line)
        _ensure_reason(reason, N_("Say why these bids go on"))
        row = Advance(
            stage_id=stage.id,
            result_id=found.computed.row.id,
            reason=reason.strip(),
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        ids = {bid.reference: bid.bid_id for bid in opened_bids(session, stage.id)}
        session.add_all(
            AdvancingBid(advance_id=row.id, bid_id=ids[reference], stage_id=stage.id, place=place)
            for place, reference in enumerate(now.line.above, start=1)
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.PROPOSED,
            actor=actor,
            bids=list(now.line.above),
            reason=row.reason,
            result_sha256=found.computed.row.result_sha256,
        )
        return row.id


def answer(
    at: Where,
    *,
    advance_id: uuid.UUID,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm a proposal, which invites its suppliers to the next stage, or return it.

    The others are told by letters, which an officer sends.

    `advance_id` is the one the person saw: if it is no longer the latest, nothing happens.

    Raises:
        NotFound: there is no such stage of a challenge of the actor's body, or no such proposal.
        Forbidden, WrongMoment: by `policy.can_answer`; or a low price is not decided.
        Invalid: the reason is empty.
    """
    # Two approvers at once: the key of the answer admits one.
    with transaction(taken=WrongMoment(N_("This proposal has been answered already."))) as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        now = queries.progress(session, stage, found)
        advance = now.advance
        if advance is not None and advance.id != advance_id:
            raise NotFound(N_("There is no such proposal."))
        ensure(
            policy.can_answer(
                actor,
                now.standing,
                proposed_by_id=advance.proposed_by_id if advance else None,
                answered=advance is not None and advance.answer is not None,
                lapsed=now.lapsed,
                unnamed=awards.judges_unnamed(stage, found.panel, actor),
            )
        )
        assert advance is not None  # the policy has said so
        assert now.line is not None
        _ensure_reason(reason, N_("Give the reason for your decision"))
        if confirmed:
            _ensure_prices(session, stage, found, now.line)
        session.add(
            AdvanceAnswer(
                advance_id=advance.id,
                proposed_by_id=advance.proposed_by_id,
                decided_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                decided_at=clock.now(),
            )
        )
        session.flush()
        going_on = advance.bids
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.CONFIRMED if confirmed else log_words.RETURNED,
            actor=actor,
            count=len(going_on),
            bids=[bid.reference for bid in going_on],
            reason=reason.strip(),
        )
        if confirmed:
            invite(session, stage, going_on, actor=actor, clock=clock)
            begin_for_others(session, stage, advance, clock)


def _ensure_prices(
    session: Session, stage: Stage, found: awards.Decision, line: lifecycle.Line
) -> None:
    """Do nothing where no low price stands in the way.

    Raises:
        WrongMoment: one is not decided, or the bid of one that was not explained would go on.
    """
    flags = price_queries.flags_of(session, stage, found.computed)
    ensure(prices.can_go_on(flags))
    if any(each.refused and each.bid in line.above for each in flags):
        raise WrongMoment(
            N_(
                "The low price of a bid that would go on was not explained. A procurement officer "
                "decides first whether that bid may go on."
            )
        )


def _ensure_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise Invalid(N_("Give the reason."), {"reason": words})

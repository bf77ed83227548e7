"""Proposing that a decision is taken again, and deciding so: what was before stays."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from bids.inviting.taking_back import take_back
from challenges import service as challenges
from challenges.lifecycle import Event
from challenges.models import Stage
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import come_back
from challenges.texts import refuse_all, text_faults
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import hooks
from scoring.award import queries as awards
from scoring.award.advancing.models import AdvanceWithdrawal
from scoring.award.again import letters, log_words, policy, queries
from scoring.award.again.models import Reconsideration, ReconsiderationAnswer
from scoring.award.complaints.queries import brought
from scoring.award.contracts.queries import Offer, bids_of
from scoring.award.letters.queries import was_told
from scoring.award.models import IntentionWithdrawal, RestEnd
from scoring.panel import queries as panels
from scoring.panel.again.lifecycle import NAMING, Point
from scoring.panel.again.service import judge_again

TEXT_MOST = 10_000
_WHY_REST = N_("Say why the rest ends without award. Every bidder and the public read it")


def propose(
    at: Where,
    *,
    point: Point | None,
    named: Collection[str],
    complaint: int | None,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Propose to take the decision that stands again, from a point; give the proposal's id.

    `named` are the keys of the questions that are judged again, `complaint` the number of the
    complaint that it follows, None where it follows none.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_propose`.
        Invalid: something is missing. Fields: `point`, `named`, `complaint`, `reason`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        now = queries.standing(session, stage, found, actor)
        ensure(now.may_propose)
        decided = now.advance or found.recommendation
        assert decided is not None  # the policy has said so
        known = [each.key for each in panels.questions(stage)]
        complaints = {each.number: each for each in brought(session, stage).complaints}
        faults = text_faults(
            reason.strip(), "reason", N_("Say why the decision is taken again"), TEXT_MOST
        )
        if point not in policy.points_at(scores_stand=stage.scores_stand):
            faults = {"point": N_("Choose from where the decision is taken again"), **faults}
        elif (fault := policy.named_fault(point, named, known)) is not None:
            faults["named"] = fault
        if complaint is not None and complaint not in complaints:
            faults["complaint"] = N_("Choose one of the complaints, or none")
        refuse_all(faults)
        assert point is not None  # refused before
        row = Reconsideration(
            stage_id=stage.id,
            recommendation_id=None if now.advance else decided.id,
            advance_id=decided.id if now.advance else None,
            point=point,
            named=sorted(set(named)) if point in NAMING else [],
            complaint_id=complaints[complaint].id if complaint is not None else None,
            reason=reason.strip(),
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.PROPOSED,
            actor=actor,
            bid=decided.references,
            point=point.value,
            criteria=row.named,
            complaint=complaint,
            reason=row.reason,
        )
        letters.ask_approvers(session, stage, actor, clock)
        return row.id


def propose_end_of_rest(at: Where, *, reason: str, actor: Actor, clock: Clock) -> uuid.UUID:
    """Propose that what is not signed of the decision ends without award; what is signed stands.
    Give the proposal's id.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_end_rest`.
        Invalid: the reason is missing. Field: `reason`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        ensure(queries.standing(session, stage, found, actor).may_end_rest)
        assert found.recommendation is not None  # the policy has said so
        refuse_all(text_faults(reason.strip(), "reason", _WHY_REST, TEXT_MOST))
        row = Reconsideration(
            stage_id=stage.id,
            recommendation_id=found.recommendation.id,
            point=None,
            named=[],
            reason=reason.strip(),
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.REST_PROPOSED,
            actor=actor,
            reason=row.reason,
        )
        letters.ask_about_rest(session, stage, actor, clock)
        return row.id


def answer(
    at: Where,
    *,
    proposal_id: uuid.UUID,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Decide whether the decision is taken again, or what is not signed ends without award.

    Where it is taken again, its announcement is withdrawn, the challenge is being evaluated again,
    and everybody concerned is told; nothing is deleted.

    `proposal_id` is the one that the person saw.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_answer`; or another proposal waits now.
        Invalid: the reason is missing. Field: `reason`.
    """
    with transaction(taken=WrongMoment(N_("This has been answered already."))) as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        now = queries.standing(session, stage, found, actor)
        ensure(now.may_answer)
        made = now.waiting
        assert made is not None  # the policy has said so
        if made.id != proposal_id:
            raise WrongMoment(N_("Another proposal waits now. Read it first."))
        refuse_all(text_faults(reason.strip(), "reason", N_("Give the reason"), TEXT_MOST))
        session.add(
            ReconsiderationAnswer(
                reconsideration_id=made.id,
                proposed_by_id=made.proposed_by_id,
                answered_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                answered_at=clock.now(),
            )
        )
        session.flush()
        if not confirmed:
            recording.append(
                session,
                stage,
                clock=clock,
                action=log_words.REST_RETURNED if made.ends_rest else log_words.STANDS,
                actor=actor,
                bid=made.decided.references,
                reason=reason.strip(),
            )
            letters.tell_returned(session, stage, made, clock)
            return
        if made.advance is not None:
            _sift_again(session, stage, made, reason.strip(), actor, clock)
            return
        if made.point is None:
            _end_rest(session, stage, made, now.left, reason.strip(), actor, clock)
            return
        announced = found.intention is not None
        session.add(
            IntentionWithdrawal(
                recommendation_id=made.decided.id,
                reason=made.reason,
                withdrawn_by_id=actor.user_id,
                withdrawn_at=clock.now(),
            )
        )
        session.flush()
        recording.append(
            session,
            stage,
            clock=clock,
            action=log_words.AGAIN if announced else log_words.APPROVAL_AGAIN,
            actor=actor,
            bid=made.decided.references,
            point=made.point.value,
            criteria=made.named,
            reason=made.reason,
            confirmed_because=reason.strip(),
        )
        if announced:
            challenges.advance(session, stage.challenge, Event.DECIDE_AGAIN, clock=clock)
        if made.point is not Point.RECOMMENDATION:
            judge_again(
                session, stage, made.point, made.named, made.reason, actor=actor, clock=clock
            )
        letters.tell_taken_back(session, stage, made, actor, clock, announced=announced)


def _sift_again(
    session: Session,
    stage: Stage,
    made: Reconsideration,
    because: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Have who goes on from a stage decided again: invitations are taken back, lists stay."""
    advance, point = made.advance, made.point
    assert advance is not None  # the caller has said so
    assert point is not None  # the table says so
    told_all = was_told(session, advance.id)
    session.add(
        AdvanceWithdrawal(
            advance_id=advance.id,
            reason=made.reason,
            withdrawn_by_id=actor.user_id,
            withdrawn_at=clock.now(),
        )
    )
    session.flush()
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.SIFT_AGAIN,
        actor=actor,
        count=len(advance.bids),
        bids=[bid.reference for bid in advance.bids],
        point=point.value,
        criteria=made.named,
        reason=made.reason,
        confirmed_because=because,
    )
    for bid in advance.bids:
        take_back(session, bid, clock=clock)
    come_back(session, stage, clock=clock)
    if point is not Point.RECOMMENDATION:
        judge_again(session, stage, point, made.named, made.reason, actor=actor, clock=clock)
    letters.tell_sift_again(session, stage, made, actor, clock, told_all=told_all)


def _end_rest(
    session: Session,
    stage: Stage,
    made: Reconsideration,
    left: Sequence[Offer],
    because: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """End what is not signed of a decision: no contract follows from it any more."""
    session.add(
        RestEnd(
            recommendation_id=made.decided.id,
            reason=made.reason,
            ended_by_id=actor.user_id,
            ended_at=clock.now(),
        )
    )
    session.flush()
    session.expire(made.decided, ["rest_end"])
    recording.append(
        session,
        stage,
        clock=clock,
        action=log_words.REST_ENDED,
        actor=actor,
        bids=bids_of(left),
        reason=made.reason,
        confirmed_because=because,
    )
    letters.tell_rest_ended(session, stage, made.reason, actor, clock)
    hooks.emit(session, stage, clock)
    for hook in hooks.after_rest.values():
        hook(session, stage, made.reason, actor, clock)

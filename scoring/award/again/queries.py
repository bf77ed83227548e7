"""Reads proposals to take a decision again, and the decisions that were taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.models import Stage
from challenges.stages.running import next_judged, stored_state
from marketplace.core.permissions import Actor, Answer
from scoring.award import queries as awards
from scoring.award.advancing.models import Advance, AdvanceAnswer, AdvancingBid
from scoring.award.advancing.queries import confirmed
from scoring.award.again import policy
from scoring.award.again.models import Reconsideration, ReconsiderationAnswer
from scoring.award.contracts.queries import Offer, offers
from scoring.award.models import (
    Contract,
    Intention,
    Recommendation,
    RecommendedBid,
    RestEnd,
    SignOff,
)
from scoring.award.queries import Decision


@dataclass(frozen=True)
class Earlier:
    """A decision that was taken back: whom it was for, when it was told, and why it fell.

    `announced_at` is None where its bidders had not been told of it.
    """

    made: Reconsideration
    answer: ReconsiderationAnswer
    announced_at: datetime | None

    @property
    def recommendation(self) -> Recommendation:
        """Give what had been recommended and approved.

        Raises:
            LookupError: it was a list of who goes on.
        """
        if self.made.recommendation is None:
            raise LookupError("a list of who goes on was recommended to nobody")
        return self.made.recommendation

    @property
    def approved_at(self) -> datetime:
        """Give when it had been approved.

        Raises:
            LookupError: it was not.
        """
        if self.recommendation.sign_off is None:
            raise LookupError("only what was approved is taken back")
        return self.recommendation.sign_off.decided_at


@dataclass(frozen=True)
class Standing:
    """What there is to do about taking a decision again, and what was taken back before."""

    waiting: Reconsideration | None
    earlier: Sequence[Earlier]
    may_propose: Answer
    may_answer: Answer
    # What is signed of the decision that stands, what could still be, and how that ended.
    contracts: Sequence[Contract] = ()
    left: Sequence[Offer] = ()
    may_end_rest: Answer = policy.NOTHING_SIGNED
    rest_end: RestEnd | None = None
    # Of a stage that leads on: who went on from it by the decision that stands, and the lists that
    # were taken back, the newest first.
    advance: Advance | None = None
    leads_on: bool = False
    earlier_lists: Sequence[Reconsideration] = ()

    @property
    def suppliers_left(self) -> list[Bid]:
        """Give the bids with whose suppliers something could still be signed, a later purchase
        apart, which nobody has to make."""
        return list(dict.fromkeys(each.bid for each in self.left if not each.later))


def all_of(session: Session, stage: Stage) -> Sequence[Reconsideration]:
    """Give every proposal about a stage, the newest first."""
    return (
        session.scalars(
            select(Reconsideration)
            .where(Reconsideration.stage_id == stage.id)
            .options(
                joinedload(Reconsideration.proposed_by),
                joinedload(Reconsideration.complaint),
                joinedload(Reconsideration.answer).joinedload(ReconsiderationAnswer.answered_by),
                joinedload(Reconsideration.advance).options(
                    joinedload(Advance.proposed_by),
                    joinedload(Advance.answer).joinedload(AdvanceAnswer.decided_by),
                    joinedload(Advance.going_on)
                    .joinedload(AdvancingBid.bid)
                    .joinedload(Bid.supplier),
                ),
                joinedload(Reconsideration.recommendation).options(
                    joinedload(Recommendation.recommended_by),
                    joinedload(Recommendation.sign_off).joinedload(SignOff.decided_by),
                    joinedload(Recommendation.recommended)
                    .joinedload(RecommendedBid.bid)
                    .joinedload(Bid.supplier),
                ),
            )
            .order_by(Reconsideration.proposed_at.desc(), Reconsideration.id.desc())
            .execution_options(populate_existing=True)
        )
        .unique()
        .all()
    )


def standing(session: Session, stage: Stage, found: Decision, actor: Actor) -> Standing:
    """Give how it stands with taking a decision again, for the person who looks."""
    made = all_of(session, stage)
    if (following := next_judged(stage.challenge, stage)) is not None:
        return _of_sift(session, stage, following, found, made, actor)
    waiting = waits(made, found)
    unnamed = awards.judges_unnamed(stage, found.panel, actor)
    signed, state = bool(found.contracts), stored_state(stage.challenge, stage)
    left = offers(session, stage, found, found.contracts) if signed else []
    return Standing(
        waiting=waiting,
        earlier=_earlier(session, made),
        may_propose=policy.can_propose(
            actor,
            chair_id=awards.chair_id(found.panel),
            state=state,
            approved=found.intention is not None or found.awaits_letters,
            signed=signed,
            waits=waiting is not None,
            unnamed=unnamed,
        ),
        may_answer=policy.can_answer(
            actor,
            proposed_by_id=waiting.proposed_by_id if waiting else None,
            signed=signed and not (waiting is not None and waiting.ends_rest and left),
            unnamed=unnamed,
        ),
        contracts=found.contracts,
        left=left,
        may_end_rest=policy.can_end_rest(
            actor,
            state=state,
            signed=signed,
            left=bool(left),
            waits=waiting is not None,
            unnamed=unnamed,
        ),
        rest_end=found.rest_end,
    )


def _of_sift(
    session: Session,
    stage: Stage,
    following: Stage,
    found: Decision,
    made: Sequence[Reconsideration],
    actor: Actor,
) -> Standing:
    """Give how it stands with deciding again who goes on from a stage."""
    advance = confirmed(session, stage.id)
    waiting = next(
        (
            each
            for each in made
            if advance is not None and each.answer is None and each.advance_id == advance.id
        ),
        None,
    )
    unnamed = awards.judges_unnamed(stage, found.panel, actor)
    moment = policy.sift_moment(
        state=stored_state(stage.challenge, stage),
        confirmed=advance is not None,
        following=stored_state(stage.challenge, following),
        signed=advance is not None and _signed_on(session, advance),
    )
    return Standing(
        waiting=waiting,
        earlier=(),
        may_propose=policy.can_sift_again(
            actor,
            chair_id=awards.chair_id(found.panel),
            moment=moment,
            waits=waiting is not None,
            unnamed=unnamed,
        ),
        may_answer=policy.can_answer_sift(
            actor,
            proposed_by_id=waiting.proposed_by_id if waiting else None,
            moment=moment,
            unnamed=unnamed,
        ),
        advance=advance,
        leads_on=True,
        earlier_lists=[each for each in made if each.confirmed],
    )


def _signed_on(session: Session, advance: Advance) -> bool:
    return bool(session.scalar(select(exists().where(Contract.advance_id == advance.id))))


def waits(made: Sequence[Reconsideration], found: Decision) -> Reconsideration | None:
    """Give the proposal about the decision that stands which waits for its answer.

    One to take all of it again can no longer be followed once a contract is signed. The same for
    statements: `waiting.is_waiting`.
    """
    if found.recommendation is None or found.withdrawal is not None:
        return None
    return next(
        (
            each
            for each in made
            if each.answer is None
            and each.recommendation_id == found.recommendation.id
            and (each.ends_rest or not found.contracts)
        ),
        None,
    )


def earlier(session: Session, stage: Stage) -> list[Earlier]:
    """Give the decisions about a stage that were taken back, the newest first."""
    return _earlier(session, all_of(session, stage))


def _earlier(session: Session, made: Sequence[Reconsideration]) -> list[Earlier]:
    fallen = [
        each
        for each in made
        if each.confirmed and not each.ends_rest and each.recommendation is not None
    ]
    if not fallen:
        return []
    told = dict(
        session.execute(
            select(Intention.recommendation_id, Intention.announced_at).where(
                Intention.recommendation_id.in_([each.recommendation_id for each in fallen])
            )
        )
        .tuples()
        .all()
    )
    return [
        Earlier(each, each.answer, told.get(each.decided.id))
        for each in fallen
        if each.answer is not None
    ]

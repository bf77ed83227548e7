"""Reads what preferred bidders were asked for, gave, and what came of it."""

import uuid
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload, selectinload

from bids.asking.lifecycle import in_time
from bids.elsewhere.queries import brought_suppliers
from bids.evidence.kinds import Standing as CheckStanding
from bids.evidence.queries import Check, seen_by_body
from bids.grounds.deciding import deciding_of
from bids.lifecycle import BidState
from bids.models import Bid
from bids.opened import find_opened_bid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import stored_state
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.grounds import Force, grounds_of_version
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.evidence import kinds, policy
from scoring.award.evidence.kinds import Held, Standing
from scoring.award.evidence.models import (
    DueDiligence,
    EvidenceAnswer,
    EvidenceDecision,
    EvidenceRequest,
    PreferredFailure,
)
from scoring.award.evidence.suggesting import Facts, Suggestion, suggestions
from scoring.award.models import Recommendation, RecommendedBid, SignOff
from scoring.award.queries import Decision
from scoring.award.recomputing.queries import replaced

NO_SUCH_DOCUMENT = N_("There is no such document.")
Amount = Callable[[int | None, str], str]


@dataclass(frozen=True)
class Asked:
    """A document that was asked for, and where it stands."""

    request: EvidenceRequest
    standing: Standing


@dataclass(frozen=True)
class Preferred:
    """A bid that is or was recommended: what was asked of its bidder, and what was looked up.

    `failure` is that its bidder failed, under whichever recommendation.
    """

    bid: Bid
    asked: Sequence[Asked]
    notes: Sequence[DueDiligence]
    failure: PreferredFailure | None


@dataclass(frozen=True)
class Evidence:
    """The evidence of the bids that are recommended, the best first, and of those that were."""

    preferred: Sequence[Preferred] = ()
    earlier: Sequence[Preferred] = ()

    @property
    def held(self) -> Held:
        """Say what holds an approval of the recommendation."""
        return kinds.held(each.standing for bid in self.preferred for each in bid.asked)

    @property
    def any_asked(self) -> bool:
        """Tell whether anything was asked of the bids that are recommended."""
        return any(bid.asked for bid in self.preferred)

    @property
    def concerns(self) -> Sequence[DueDiligence]:
        """Give what was looked up and is a concern, of the bids that are recommended."""
        return [
            note
            for bid in self.preferred
            for note in bid.notes
            if note.concern is kinds.Concern.CONCERN
        ]


@dataclass(frozen=True)
class EvidencePage:
    """The evidence of a stage's preferred bidders as people of the body see it."""

    challenge: Challenge
    stage: Stage
    decision: Decision
    evidence: Evidence
    handles: Answer
    fails: Answer

    def of(self, bid_reference: str) -> Preferred:
        """Give a bid that is recommended.

        Raises:
            NotFound: it is not.
        """
        for each in self.evidence.preferred:
            if each.bid.reference == bid_reference:
                return each
        raise NotFound(N_("This bid is not recommended."))

    def document(self, bid_reference: str, number: int) -> Asked:
        """Give a document of a bid that is or was recommended.

        Raises:
            NotFound: there is none.
        """
        for bid in (*self.evidence.preferred, *self.evidence.earlier):
            for each in bid.asked:
                if (bid.bid.reference, each.request.number) == (bid_reference, number):
                    return each
        raise NotFound(NO_SUCH_DOCUMENT)


def page_of(
    session: Session, at: Where, actor: Actor, now: datetime, *, lock: bool = False
) -> EvidencePage:
    """Gather the evidence of a stage's preferred bidders.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: by `policy.can_see`.
    """
    stage = own_stage(session, at, actor, lock=lock)
    found = awards.decision(session, stage)
    unnamed = awards.judges_unnamed(stage, found.panel, actor)
    ensure(policy.can_see(actor, unnamed=unnamed))
    state = stored_state(stage.challenge, stage)
    answer = found.sign_off
    stands = (
        found.recommendation is not None
        and not found.overtaken
        and found.withdrawal is None
        and (answer is None or answer.approved)
    )
    return EvidencePage(
        challenge=stage.challenge,
        stage=stage,
        decision=found,
        evidence=of_stage(session, stage, found.recommendation, now),
        handles=policy.can_handle(
            actor,
            state,
            stands=stands,
            approved=answer is not None and answer.approved,
            unnamed=unnamed,
        ),
        fails=policy.can_fail(actor, state, stands=stands, unnamed=unnamed),
    )


def of_stage(
    session: Session, stage: Stage, recommendation: Recommendation | None, now: datetime
) -> Evidence:
    """Give the evidence of a recommendation's bids, and of those that were recommended before."""
    if recommendation is None:
        return Evidence()
    ids = select(RecommendedBid.bid_id).where(RecommendedBid.stage_id == stage.id)
    # Of most awards there is nothing, which one statement tells.
    there = session.execute(
        select(
            *(
                exists().where(table.bid_id.in_(ids))
                for table in (EvidenceRequest, DueDiligence, PreferredFailure)
            )
        )
    ).one()
    if not any(there):
        return Evidence([Preferred(bid, (), (), None) for bid in recommendation.bids])
    requests = session.scalars(
        select(EvidenceRequest)
        .where(EvidenceRequest.bid_id.in_(ids))
        .options(*_WHOLE)
        .order_by(EvidenceRequest.number)
    ).all()
    notes = session.scalars(
        select(DueDiligence)
        .where(DueDiligence.bid_id.in_(ids))
        .options(
            joinedload(DueDiligence.noted_by), joinedload(DueDiligence.bid).joinedload(Bid.supplier)
        )
        .order_by(DueDiligence.noted_at, DueDiligence.id)
    ).all()
    failures = session.scalars(
        select(PreferredFailure)
        .where(PreferredFailure.bid_id.in_(ids))
        .options(
            joinedload(PreferredFailure.failed_by),
            joinedload(PreferredFailure.bid).joinedload(Bid.supplier),
        )
        .order_by(PreferredFailure.failed_at)
    ).all()
    again = {each.replaces_id for each in requests}
    now_preferred = {bid.id: bid for bid in recommendation.bids}
    before = {
        each.bid_id: each.bid
        for rows in (requests, notes, failures)
        for each in rows
        if each.bid_id not in now_preferred
    }

    def told(bid: Bid) -> Preferred:
        return Preferred(
            bid,
            [
                Asked(each, _standing(each, asked_again=each.id in again, now=now))
                for each in requests
                if each.bid_id == bid.id
            ],
            [each for each in notes if each.bid_id == bid.id],
            next((each for each in reversed(failures) if each.bid_id == bid.id), None),
        )

    earlier = sorted(before.values(), key=lambda bid: bid.reference)
    return Evidence(list(map(told, now_preferred.values())), list(map(told, earlier)))


def suggested(
    session: Session, challenge: Challenge, stage: Stage, bid: Bid, now: datetime, amount: Amount
) -> list[Suggestion]:
    """Give the documents that a preferred bidder may be asked for; `amount` writes money."""
    opened = find_opened_bid(session, stage.id, bid.reference)
    rules, band = deciding_of(challenge, now)
    declared = [
        ground.name
        for _party, _name, eligibility in (opened.parties if opened else ())
        for each in eligibility.grounds
        if (ground := grounds_of_version(USUAL, eligibility.grounds_rules).find(each.key))
    ]
    return suggestions(
        Facts(
            insurance=amount(challenge.required_insurance_minor, challenge.currency),
            turnover=amount(challenge.required_turnover_minor, challenge.currency),
            excludes=any(each.force(band) is Force.MANDATORY for each in rules.grounds),
            declared=declared,
            others=[each.name for each in (opened.team if opened else ())],
        )
    )


def checks_in_force(session: Session, bid: Bid, body_id: uuid.UUID, now: datetime) -> list[Check]:
    """Give what this body or another has checked about a bidder, is shared and still holds."""
    return [
        each
        for each in seen_by_body(session, bid.supplier_id, body_id, now)
        if each.standing is CheckStanding.STANDS
    ]


def acts_here(session: Session, bid: Bid) -> bool:
    """Tell whether anybody acts for a bid's supplier on this site."""
    return not brought_suppliers(session, [bid])


def own_requests(
    session: Session, bid_reference: str, actor: Actor
) -> tuple[Bid, Sequence[EvidenceRequest]]:
    """Give the actor's own bid with what was asked of it, in order.

    Raises:
        NotFound: it is another supplier's, or nothing was asked of it.
    """
    requests = session.scalars(
        select(EvidenceRequest)
        .join(Bid, Bid.id == EvidenceRequest.bid_id)
        .where(Bid.reference == bid_reference, Bid.supplier_id == actor.organisation_id)
        .options(
            *_HISTORY,
            joinedload(EvidenceRequest.bid).options(
                joinedload(Bid.challenge).joinedload(Challenge.buyer), joinedload(Bid.stage)
            ),
        )
        .order_by(EvidenceRequest.number)
    ).all()
    if not requests:
        raise NotFound(NO_SUCH_DOCUMENT)
    return requests[0].bid, requests


def own_standings(requests: Sequence[EvidenceRequest], now: datetime) -> list[Asked]:
    """Say where each of a bid's documents stands."""
    again = {each.replaces_id for each in requests}
    return [
        Asked(each, _standing(each, asked_again=each.id in again, now=now)) for each in requests
    ]


def is_running(session: Session, bid: Bid) -> bool:
    """Tell whether a bid is recommended and that recommendation still waits for its answer."""
    return bool(session.scalar(select(Bid.id).where(Bid.id == bid.id, _running())))


def waiting_of(
    session: Session, suppliers: Collection[uuid.UUID], now: datetime
) -> list[EvidenceRequest]:
    """Give what suppliers were asked for, gave nothing for yet, and still can."""
    requests = session.scalars(
        select(EvidenceRequest)
        .join(Bid, Bid.id == EvidenceRequest.bid_id)
        .where(
            Bid.supplier_id.in_(suppliers),
            ~exists().where(EvidenceDecision.request_id == EvidenceRequest.id),
            ~exists().where(EvidenceAnswer.request_id == EvidenceRequest.id),
            _running(),
        )
        .options(
            selectinload(EvidenceRequest.extensions),
            joinedload(EvidenceRequest.bid).joinedload(Bid.challenge),
        )
        .order_by(EvidenceRequest.number)
    )
    return [each for each in requests if in_time(now, each.limit)]


def undecided_in(
    stage_id: ColumnElement[uuid.UUID] | InstrumentedAttribute[uuid.UUID],
) -> ColumnElement[bool]:
    """Tell in SQL of a stage whether a bidder showed something that is not decided."""
    return exists().where(
        Bid.stage_id == stage_id,
        Bid.state == BidState.VALID,
        EvidenceRequest.bid_id == Bid.id,
        EvidenceAnswer.request_id == EvidenceRequest.id,
        ~exists().where(EvidenceDecision.request_id == EvidenceRequest.id),
    )


def last_number(session: Session, bid_id: uuid.UUID) -> int:
    """Give the number of the last document that a bid's supplier was asked for, 0 before any."""
    highest = select(func.max(EvidenceRequest.number)).where(EvidenceRequest.bid_id == bid_id)
    return session.scalar(highest) or 0


def _standing(request: EvidenceRequest, *, asked_again: bool, now: datetime) -> Standing:
    return kinds.standing(
        answer_by=request.limit,
        answered=bool(request.answers),
        verdict=request.decision.verdict if request.decision else None,
        asked_again=asked_again,
        now=now,
    )


def _running() -> ColumnElement[bool]:
    """Tell in SQL of bids whether the last word on them is a recommendation that nobody approved.

    One that was returned may be made again, and what its bidder shows meanwhile counts then.
    """
    later = aliased(Recommendation)
    follows = or_(
        later.recommended_at > Recommendation.recommended_at,
        and_(later.recommended_at == Recommendation.recommended_at, later.id > Recommendation.id),
    )
    return and_(
        Bid.state == BidState.VALID,
        exists().where(Challenge.id == Bid.challenge_id, Challenge.state == State.EVALUATING),
        exists().where(
            RecommendedBid.bid_id == Bid.id,
            Recommendation.id == RecommendedBid.recommendation_id,
            Recommendation.result_id.not_in(replaced()),
            ~exists().where(later.stage_id == Recommendation.stage_id, follows),
            ~exists().where(SignOff.recommendation_id == Recommendation.id, SignOff.approved),
        ),
    )


_HISTORY = (
    joinedload(EvidenceRequest.asked_by),
    joinedload(EvidenceRequest.decision).joinedload(EvidenceDecision.decided_by),
    selectinload(EvidenceRequest.extensions),
    selectinload(EvidenceRequest.answers).joinedload(EvidenceAnswer.given_by),
)
_WHOLE = (
    joinedload(EvidenceRequest.bid).joinedload(Bid.supplier),
    *_HISTORY,
)

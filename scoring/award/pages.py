"""Gathers what the decision's pages show: the result with its picture, the decision, an outcome."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bids.asking import queries as bid_queries
from bids.asking.models import BidQuery
from challenges.kinds import CriterionKind
from challenges.models import Challenge, Stage
from challenges.stages.carrying import Source, source_of
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import next_judged, stored_state
from marketplace.core.audit import log
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_
from scoring.award import policy, queries
from scoring.award.advancing import queries as advancing
from scoring.award.advancing.cutting_off import lost_tie
from scoring.award.advancing.lifecycle import line_of, winner_choices, winners_most
from scoring.award.advancing.models import Advance
from scoring.award.advancing.queries import Progress
from scoring.award.answering import may_answer
from scoring.award.cautions import ACTIONS, Caution, cautions
from scoring.award.committee import queries as committee
from scoring.award.committee.models import AwardRoute, CommitteeDecision
from scoring.award.consequences import Consequences, consequences
from scoring.award.evidence import queries as evidence
from scoring.award.evidence.queries import Evidence
from scoring.award.letters import queries as letters
from scoring.award.letters.models import InformationRequest, Letter
from scoring.award.letters.outcomes import Shielded
from scoring.award.low_prices import policy as prices
from scoring.award.low_prices import queries as price_queries
from scoring.award.models import Contract, Intention
from scoring.award.queries import Decision
from scoring.award.recomputing.queries import Again, computed_again
from scoring.explanation import charts, sentences
from scoring.explanation.sentences import ranked_by
from scoring.panel import declarations
from scoring.panel import queries as panels
from scoring.panel.declarations import DeclaredInterest
from scoring.panel.lifecycle import Interest
from scoring.panel.masking.models import AnswerMask
from scoring.panel.masking.queries import masks


@dataclass(frozen=True)
class _Criterion:
    id: str
    title: str
    weight: str


@dataclass(frozen=True)
class ResultPage:
    """A result as people of the body see it."""

    challenge: Challenge
    stage: Stage
    decision: Decision
    bids: Sequence[Mapping[str, Any]]
    names: Mapping[str, str]
    criteria: Sequence[Mapping[str, Any]]
    chart: charts.StackedBars
    bands: charts.WeightBands | None
    could_change: Sequence[sentences.Topic]
    again: Sequence[Again]
    interests: Sequence[DeclaredInterest]
    low_prices: Sequence[sentences.Sentence]
    price_flags: Sequence[prices.Flagged]
    winner_choices: Sequence[tuple[str, str]]
    winners_most: int
    ranked_by: str | None
    # Where another stage follows that is judged: which, and how far it is decided who goes on.
    following: Stage | None = None
    # Of criteria that are carried from an earlier stage, from where.
    carried: Mapping[str, Source] = field(default_factory=dict)
    advance: Progress | None = None
    # What the preferred bidders were asked to show, and what was looked up about them.
    evidence: Evidence = field(default_factory=Evidence)
    # By which committee the award is decided, if by one, and what committees decided so far.
    route: AwardRoute | None = None
    minutes: Sequence[CommitteeDecision] = ()

    @property
    def minute(self) -> CommitteeDecision | None:
        """Give the committee's answer to the recommendation, where a committee answered it."""
        recommendation = self.decision.recommendation
        return committee.answered(self.minutes, recommendation.id) if recommendation else None


@dataclass(frozen=True)
class OutcomePage:
    """What a bidder sees of the decision.

    `going_on` is the confirmed list of those who went on, where this stage decided that and no
    award; then the preferred are those on it, nobody else's scores are shown, and there is no
    intention.
    """

    challenge: Challenge
    stage: Stage
    bid_reference: str
    preferred_names: str
    own: bool
    own_row: Mapping[str, Any]
    # The preferred bids besides the own one, each with its supplier's name, the best first.
    preferred_rows: Sequence[tuple[str, Mapping[str, Any]]]
    criteria: Sequence[Mapping[str, Any]]
    # By criterion: the panel's, or each evaluator's where their scores stand.
    reasons: Mapping[str, Sequence[str]]
    reason: str
    asked: Sequence[BidQuery]
    # What the panel did not read in the bid's answers, because it would tell whose they are.
    masked: Sequence[AnswerMask]
    intention: Intention | None
    going_on: Advance | None
    following: Stage | None
    # Why the panel let others go on with whom this bid tied for the last place; else empty.
    tie_reason: str
    contract: Contract | None
    # With whom a contract is signed so far, and with whom of the preferred not yet.
    signed_names: str
    unsigned_names: str
    ranked_by: str | None
    # What the body wrote to the bidder, and what the bidder asked more, the newest first.
    letters: Sequence[Letter]
    asked_more: Sequence[InformationRequest]


@dataclass(frozen=True)
class TracePage:
    """How one bid's figures came about."""

    challenge: Challenge
    stage: Stage
    name: str
    row: Mapping[str, Any]
    criteria: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ConcludePage:
    """What the chair is asked before the lock."""

    challenge: Challenge
    stage: Stage


def conclude(session: Session, at: Where, actor: Actor) -> ConcludePage:
    """Gather the page that asks the chair whether to lock.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor does not chair this panel.
        WrongMoment: the challenge is not being evaluated, or the lock is there already.
    """
    stage = own_stage(session, at, actor)
    found = queries.decision(session, stage)
    state = stored_state(stage.challenge, stage)
    ensure(policy.can_conclude(actor, queries.chair_id(found.panel), state))
    if found.computed is not None and found.locked:
        raise WrongMoment(N_("The quality scores are locked and the result is computed."))
    return ConcludePage(stage.challenge, stage)


def result(session: Session, at: Where, actor: Actor, colour: str, now: datetime) -> ResultPage:
    """Gather the result page as it is at `now`.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor's role does not read results.
        WrongMoment: quality is not locked.
    """
    stage = own_stage(session, at, actor)
    found = queries.decision(session, stage)
    _ensure_readable(stage, found, actor)
    computed = found.computed
    if computed is None:
        raise WrongMoment(N_("The result has not been computed yet."))
    line = line_of(computed.evaluation, computed.result)
    following = next_judged(stage.challenge, stage)
    criteria = computed.evaluation["criteria"]
    names = {bid["id"]: bid.get("supplier") or bid["id"] for bid in computed.evaluation["bids"]}
    weighed = [_Criterion(c["id"], c["title"], str(c["weight"])) for c in criteria]
    route, minutes = committee.by_committees(session, stage.id)
    people = (
        {member.label: member.user.name for member in found.panel.members} if found.panel else {}
    )
    return ResultPage(
        challenge=stage.challenge,
        stage=stage,
        decision=found,
        bids=computed.result["bids"],
        names=names,
        criteria=criteria,
        chart=charts.stacked_bars(computed.result, weighed, names, colour=colour),
        bands=charts.weight_bands(computed.result, weighed, colour=colour),
        could_change=sentences.explain(computed.result, weighed, names, people),
        again=(computed_again(session, stage.id) if computed.replaces is not None else ()),
        interests=_interests(session, stage),
        low_prices=sentences.low_prices(computed.result, names),
        price_flags=price_queries.flags_of(session, stage, computed),
        winner_choices=[
            (bid, f"{names[bid]} ({bid})") for bid in winner_choices(line, computed.result)
        ],
        winners_most=winners_most(line),
        ranked_by=ranked_by(computed.evaluation),
        following=following,
        carried=_carried(stage, criteria),
        advance=advancing.progress(session, stage, found) if following else None,
        evidence=evidence.of_stage(session, stage, found.recommendation, now),
        route=route,
        minutes=minutes,
    )


@dataclass(frozen=True)
class SignOffPage:
    """What an approver needs besides the result: what to look at twice, and what follows."""

    cautions: Sequence[Caution]
    follows: Consequences
    may_answer: Answer


def sign_off(session: Session, page: ResultPage, actor: Actor, now: datetime) -> SignOffPage:
    """Gather what an approver reads beside a result, whose page the caller has gathered.

    Raises:
        WrongMoment: the stored plan is not the published one.
    """
    computed = page.decision.computed
    assert computed is not None  # there is a page of a result
    recorded = log.recorded_of(session, page.challenge.reference, ACTIONS)
    return SignOffPage(
        cautions=cautions(
            computed.evaluation,
            computed.result,
            recorded,
            again=len(page.again),
            low_prices=len(page.price_flags),
            interests=len(page.interests),
        ),
        follows=consequences(session, page.stage, now),
        may_answer=may_answer(page.stage, page.decision, actor),
    )


def ensure_recommendable(page: ResultPage, actor: Actor) -> None:
    """Do nothing where the actor may recommend a bid now.

    Raises:
        Forbidden: the actor does not chair this panel.
        WrongMoment: the challenge is not being evaluated, or a recommendation awaits its sign-off.
    """
    found = page.decision
    ensure(
        policy.can_recommend(
            actor,
            chair_id=queries.chair_id(found.panel),
            state=stored_state(page.challenge, page.stage),
            has_result=found.computed is not None and found.locked,
            any_ranked=found.any_ranked,
            undecided=found.undecided,
            awaits_sign_off=found.awaits_sign_off,
            awaits_letters=found.awaits_letters,
            leads_on=page.following is not None,
        )
    )
    ensure(prices.can_go_on(page.price_flags))


def _interests(session: Session, stage: Stage) -> list[DeclaredInterest]:
    """Read what all who sit or sat declared, with the measure that counts for each."""
    return sorted(
        (
            item
            for item in declarations.declared_interests(session, stage.id, of_all=True)
            if item.declaration.interest is Interest.DECLARED
        ),
        key=lambda item: item.declaration.declared_at,
    )


def trace(session: Session, at: Where, bid_reference: str, actor: Actor) -> TracePage:
    """Gather the steps by which one bid's figures came about; `service.read_trace` records it.

    Raises:
        NotFound: the challenge is another body's, or it has no such bid.
        Forbidden: the actor's role does not read results.
        WrongMoment: quality is not locked, or nothing is computed.
    """
    stage = own_stage(session, at, actor)
    found = queries.decision(session, stage)
    _ensure_readable(stage, found, actor)
    if found.computed is None:
        raise WrongMoment(N_("The result has not been computed yet."))
    if _kept_away(session, stage, bid_reference, actor):
        raise NotFound(N_("There is no such bid."))
    for row, bid in zip(
        sorted(found.computed.result["bids"], key=lambda row: str(row["id"])),
        sorted(found.computed.evaluation["bids"], key=lambda bid: str(bid["id"])),
        strict=True,
    ):
        if row["id"] == bid_reference:
            name = bid.get("supplier") or bid_reference
            return TracePage(
                stage.challenge, stage, name, row, found.computed.evaluation["criteria"]
            )
    raise NotFound(N_("There is no such bid."))


def _ensure_readable(stage: Stage, found: Decision, actor: Actor) -> None:
    ensure(
        policy.can_read_result(
            actor,
            found.panel.quality_locked_at if found.panel else None,
            chair_id=queries.chair_id(found.panel),
            unnamed=queries.judges_unnamed(stage, found.panel, actor),
        )
    )


def _kept_away(session: Session, stage: Stage, bid_reference: str, actor: Actor) -> bool:
    """Tell whether the actor sits on the panel and must not deal with a bid."""
    seat = panels.member_of(session, stage.id, actor.user_id)
    if seat is None:
        return False
    bid = panels.bidder_named(panels.bidders(session, stage.id), bid_reference)
    return (seat.id, bid.bid_id) in declarations.recusals(session, stage.id)


def outcome(session: Session, bid_reference: str, actor: Actor) -> OutcomePage:
    """Gather what a bidder may see: own scores and reasons, and the preferred bid's scores.

    Of a stage from which suppliers went on it is who they are, without their scores: what they
    reached can count in the stage that follows.

    Raises:
        NotFound: the bid is another supplier's, or was never opened.
        WrongMoment: neither is the intention to award announced, nor confirmed who goes on.
    """
    bid = queries.own_outcome_bid(session, bid_reference, actor.organisation_id)
    challenge = bid.challenge
    stage = next(each for each in challenge.stages if each.id == bid.stage_id)
    found = queries.decision(session, stage)
    going_on = None if found.intention else advancing.confirmed(session, stage.id)
    decided = going_on or (found.recommendation if found.intention else None)
    if going_on is not None and bid.id not in {each.id for each in going_on.bids}:
        # Who goes on is invited at once; the others are told by letters that an officer looks at.
        decided = going_on if letters.was_told(session, going_on.id) else None
    if decided is None or found.computed is None:
        raise WrongMoment(N_("The outcome is shown when the body has announced it."))
    rows = {row["id"]: row for row in found.computed.result["bids"]}
    if bid_reference not in rows:
        raise NotFound(N_("There is no such bid."))
    shielded = Shielded(session, stage)
    preferred = decided.bids
    return OutcomePage(
        challenge=challenge,
        stage=stage,
        bid_reference=bid_reference,
        preferred_names=", ".join(each.supplier.name for each in preferred),
        own=bid.id in {each.id for each in preferred},
        own_row=shielded.row(rows[bid_reference]),
        preferred_rows=[
            (each.supplier.name, rows[each.reference])
            for each in preferred
            if going_on is None and each.id != bid.id
        ],
        criteria=found.computed.evaluation["criteria"],
        reasons={
            key: [shielded.shown(each, bid_reference) for each in told]
            for key, told in panels.reasons(session, stage, bid.id).items()
        },
        reason=shielded.shown(decided.reason, None),
        asked=bid_queries.of_bid(session, bid.id),
        masked=masks(session, stage).get(bid.id, ()),
        intention=found.intention,
        going_on=going_on,
        following=next_judged(challenge, stage) if going_on else None,
        tie_reason=shielded.shown(
            lost_tie(session, stage, found.computed.evaluation, bid_reference), None
        ),
        contract=_contract_for(found, bid.id),
        signed_names=", ".join(each.bid.supplier.name for each in found.contracts),
        unsigned_names=", ".join(each.supplier.name for each in found.unsigned),
        ranked_by=ranked_by(found.computed.evaluation),
        letters=letters.own_letters(session, bid.id),
        asked_more=letters.requests_of_bid(session, bid.id),
    )


def _contract_for(found: Decision, bid_id: uuid.UUID) -> Contract | None:
    """Give the contract that a bidder is told of: its own, or where it has none the first."""
    own = {each.bid_id for each in found.intentions} & {bid_id}
    return next((each for each in found.contracts if not own or each.bid_id == bid_id), None)


def _carried(stage: Stage, criteria: Sequence[Mapping[str, Any]]) -> dict[str, Source]:
    """Give of the criteria that are carried from where; most stages have none."""
    if all(criterion["kind"] != CriterionKind.CARRIED for criterion in criteria):
        return {}
    return {
        criterion.key: source
        for criterion in stage.criteria
        if (source := source_of(criterion)) is not None
    }

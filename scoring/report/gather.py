"""Gathers the facts of an award from the rooms that own them, once, when a report is frozen."""

import json
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.elsewhere.queries import Brought, brought_of
from bids.models import Opening
from bids.opened import OpenedBid, opened_bids
from challenges.frozen import PlanDiffers, frozen_evaluation
from challenges.kinds import PriceModel
from challenges.method.words import method_sentences, panel_sentences
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.words import PRICE_MODEL_WORDS, ROUTE_WORDS, price_sentences
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.regimes import book
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.evaluation import plain
from scoring.award.low_prices.models import LowPriceDecision
from scoring.award.low_prices.queries import last_decisions
from scoring.award.recomputing.queries import Again, computed_again
from scoring.engine.canonical import canonical
from scoring.panel import queries as panels
from scoring.panel.declarations import declared_interests
from scoring.panel.lifecycle import SEAT_WORDS
from scoring.panel.models import ConsensusScore, Measure, PanelMember, Score, Seat
from scoring.report import facts, values, wording
from scoring.report.asked import asked_of_bids
from scoring.report.others import others
from scoring.report.statutory import statutory_items

# What a reader of an award wants on its timeline; the log has more, and reads of bids are not the
# public's.
_TOLD = {
    "challenge.published": "Published",
    "bids.opened": "Bids opened",
    "bids.brought": "Bids brought in",
    "panel.named": "",
    "panel.member_added": "",
    "panel.member_replaced": "",
    "panel.accepted": "",
    "moderation.began": "",
    "quality.locked": "Quality locked",
    "quality.unlocked": "",
    "scoring.reopened": "",
    "award.recommended": "Recommended",
    "award.returned": "",
    "award.approved": "Approved",
    "intention.announced": "Intention announced",
    "contract.signed": "Contract signed",
}


@dataclass(frozen=True)
class _Gathered:
    """What several facts are made from, read once."""

    challenge: Challenge
    stage: Stage
    bids: list[OpenedBid]
    members: list[PanelMember]
    scores: list[Score]
    agreed: list[ConsensusScore]
    decision: awards.Decision
    opening: Opening | None
    brought: Brought | None
    again: list[Again]
    queries: Mapping[uuid.UUID, tuple[facts.Query, ...]]
    prices: Sequence[LowPriceDecision]


def full_report(
    session: Session, stage: Stage, *, number: int, now: datetime, notice: str
) -> facts.AwardReport:
    """Give the full facts of a challenge whose intention to award follows from `stage`.

    `number` is the report's among those of the stage; `notice` a sentence for the cover, or empty.

    Raises:
        PlanDiffers: the stored plan, or the result's, is not the published one.
        LookupError: there is no opening, no result or no approved recommendation yet.
    """
    challenge, decision = stage.challenge, awards.decision(session, stage)
    found = _Gathered(
        challenge=challenge,
        stage=stage,
        bids=opened_bids(session, stage.id),
        members=list(panels.seats(session, stage.id)),
        scores=list(panels.current_scores(session, stage.id)),
        agreed=list(panels.current_consensus(session, stage.id)),
        decision=decision,
        opening=session.get(Opening, stage.id),
        brought=brought_of(session, stage.id),
        again=computed_again(session, stage.id),
        queries=asked_of_bids(session, challenge),
        prices=last_decisions(session, stage.id),
    )
    plan = frozen_evaluation(session, stage)
    _ensure_as_published(found, plan)
    regime = book.version_of(plan.regime, plan.regime_version)
    band = next(band for band in regime.bands if band.key == plan.band)
    report = facts.AwardReport(
        number=f"{challenge.reference}/{number}",
        edition=values.Edition.FULL,
        generated_at=now,
        frozen_at=now,
        notice=notice,
        body=challenge.buyer.name,
        co_sponsors=tuple(sponsor.name for sponsor in challenge.co_sponsors),
        challenge=_challenge(challenge, regime, band),
        stages=(_stage(found),),
        people=_people(session, found),
        decision=_decision(found),
        timeline=_timeline(session, found),
        statutory=(),
        grounds=(),
        redactions=(),
    )
    return statutory_items(report, regime.report_items)


def _ensure_as_published(found: _Gathered, plan: EvaluationPlan) -> None:
    """Refuse a result of other criteria or another method than were published."""
    computed = found.decision.computed
    if computed is not None:
        used = {key: computed.evaluation[key] for key in ("criteria", "method")}
        if canonical(used) != plan.canonical:
            raise PlanDiffers(
                N_(
                    "The result was computed by other criteria or weights than were published, so "
                    "no report can be made of it. Tell the people who run this service."
                )
            )


def _challenge(challenge: Challenge, regime: book.Regime, band: book.Band) -> facts.Challenge:
    closes_at = challenge.stage.closes_at
    if closes_at is None or challenge.legal_route is None:
        raise LookupError("a published challenge has a closing instant and a legal route")
    value = challenge.value_minor
    return facts.Challenge(
        reference=challenge.reference,
        title=challenge.title,
        problem=challenge.problem,
        outcome=challenge.outcome,
        legal_route=_(ROUTE_WORDS[challenge.legal_route]),
        regime=facts.Regime(
            regime.name, regime.version, _("%(band)s: %(rules)s", band=band.name, rules=band.rules)
        ),
        total_value=values.Money(value, challenge.currency) if value is not None else None,
        closed_at=closes_at,
        elsewhere=(
            f"{challenge.elsewhere_reference}, {challenge.elsewhere_link}"
            if challenge.bids_elsewhere
            else ""
        ),
    )


def _stage(found: _Gathered) -> facts.Stage:
    stage, computed = found.stage, found.decision.computed
    if computed is None:
        raise LookupError("no result has been computed")
    scale = next(criterion.descriptors for criterion in stage.criteria if criterion.descriptors)
    return facts.Stage(
        id="stage-1",
        name=stage.name,
        price_model=_(PRICE_MODEL_WORDS[stage.price_model]),
        method=" ".join(
            _(sentence.message, **sentence.data) if sentence.data else _(sentence.message)
            for sentence in [
                *price_sentences(stage, found.challenge.currency, _amount),
                *panel_sentences(stage),
                *method_sentences(stage),
            ]
        ),
        criteria=tuple(
            facts.Criterion(
                id=criterion.key,
                title=criterion.title,
                kind=values.CriterionKind(criterion.kind.value),
                weight=plain(criterion.weight),
                max_score=plain(criterion.max_score) if criterion.max_score is not None else None,
                min_score=plain(criterion.min_score) if criterion.min_score is not None else None,
                guidance=criterion.guidance,
            )
            for criterion in stage.criteria
        ),
        scale=tuple(facts.ScaleStep(plain(step.score), step.text) for step in scale),
        bids=tuple(_bid(bid, found) for bid in found.bids),
        queries_asked=sum(map(len, found.queries.values())),
        evaluation=computed.row.evaluation.decode(),
        result=json.loads(computed.row.result),
        recomputed=tuple(_recomputed(again) for again in reversed(found.again)),
        low_prices=tuple(
            facts.LowPrice(
                bid=price.bid.reference,
                detectors=tuple(price.detectors.split()),
                finding=values.PriceFinding(price.finding.value),
                query=price.query.number if price.query else None,
                reason=price.reason,
                decided_at=price.decided_at,
            )
            for price in found.prices
        ),
    )


def _recomputed(again: Again) -> facts.Recomputed:
    return facts.Recomputed(
        at=again.at,
        why=values.WhyAgain(again.why.value),
        bid=again.bid or "",
        reason=again.reason,
        before_sha256=again.before_sha256,
        after_sha256=again.after_sha256,
        first_before=tuple(each.bid for each in again.moved if each.rank_before == 1),
        first=tuple(each.bid for each in again.moved if each.rank == 1),
    )


def _amount(minor: int | None, currency: str) -> str:
    return wording.money(values.Money(minor or 0, currency))


def _bid(bid: OpenedBid, found: _Gathered) -> facts.Bid:
    individual: dict[uuid.UUID, list[Score]] = defaultdict(list)
    for score in found.scores:
        if score.bid_id == bid.bid_id:
            individual[score.criterion_id].append(score)
    agreed = {score.criterion_id: score for score in found.agreed if score.bid_id == bid.bid_id}
    priced = found.stage.price_model is not PriceModel.FIXED_BUDGET
    return facts.Bid(
        reference=bid.reference,
        supplier=bid.supplier_name,
        size_class=bid.size_class,
        status=values.BidStatus(bid.state.value),
        status_reason="" if bid.state.value == "valid" else bid.reason,
        price=(
            values.Money(bid.price_minor, found.challenge.currency)
            if priced and bid.price_minor is not None
            else None
        ),
        answers=tuple(
            facts.Answer(criterion.question or criterion.title, bid.answers[criterion.key])
            for criterion in found.stage.criteria
            if criterion.key in bid.answers
        ),
        scores=tuple(
            _cell(criterion.key, individual[criterion.id], agreed.get(criterion.id), found)
            for criterion in found.stage.criteria
            if criterion.id in (individual if found.stage.scores_stand else agreed)
        ),
        queries=found.queries.get(bid.bid_id, ()),
    )


def _cell(
    key: str, individual: list[Score], agreed: ConsensusScore | None, found: _Gathered
) -> facts.CriterionScore:
    present = set(agreed.present.split(", ")) if agreed else set()
    return facts.CriterionScore(
        criterion=key,
        individual=tuple(
            facts.IndividualScore(score.member.label, plain(score.value), score.rationale)
            for score in sorted(individual, key=lambda score: score.member.label)
        ),
        agreed=plain(agreed.value) if agreed else None,
        # In the order of their words, which tells nobody whose they are.
        reason=agreed.rationale
        if agreed
        else "\n\n".join(sorted(score.rationale for score in individual)),
        present=tuple(member.label for member in found.members if member.label in present),
    )


def _people(session: Session, found: _Gathered) -> tuple[facts.Person, ...]:
    """Name everybody who took part: the panel, those who opened, who approved."""
    interests: dict[uuid.UUID, list[facts.Interest]] = defaultdict(list)
    for item in declared_interests(session, found.stage.id, of_all=True):
        declared = item.declaration
        if declared.interest.value == "declared":
            measure = item.decision.measure if item.decision else Measure.KEEP
            interests[declared.member_id].append(
                facts.Interest(
                    about=declared.party.name,
                    declared=declared.statement,
                    decision=values.InterestDecision(measure.value),
                    reason=item.decision.reason if item.decision else "",
                    found_at=declared.declared_at if item.late else None,
                )
            )
    people = [
        facts.Person(
            id=member.label,
            name=member.user.name,
            role=_role(member),
            name_withheld=member.seat is Seat.EVALUATOR,
            declared_at=member.interests_declared_at,
            interests=tuple(interests[member.id]),
        )
        for member in found.members
    ]
    decision = found.decision
    others = _officers(found)
    if decision.sign_off is not None:
        others.append(("approver", decision.sign_off.decided_by_id, _("Approver")))
    people += [
        facts.Person(key, session.get_one(User, user_id).name, role, False, None, ())
        for key, user_id, role in others
    ]
    return tuple(people)


def _officers(found: _Gathered) -> list[tuple[str, uuid.UUID, str]]:
    """Name the two officers by whom bids came before the panel: label, identifier, role."""
    if found.opening is not None:
        return [
            (
                "first-officer",
                found.opening.first_officer_id,
                _("Procurement officer who opened the bids"),
            ),
            (
                "second-officer",
                found.opening.second_officer_id,
                _("Second officer who opened the bids"),
            ),
        ]
    if found.brought is not None:
        return [
            (
                "first-officer",
                found.brought.first_id,
                _("Procurement officer who put down the bids from elsewhere"),
            ),
            (
                "second-officer",
                found.brought.second_id,
                _("Second officer, who brought the bids in"),
            ),
        ]
    return []


def _role(member: PanelMember) -> str:
    seat = _(SEAT_WORDS[member.seat])
    told = seat if member.left_at is None else _("%(seat)s, who left the panel", seat=seat)
    return str(told)


def _decision(found: _Gathered) -> facts.Decision:
    recommendation, sign_off = found.decision.recommendation, found.decision.sign_off
    intention, contract = found.decision.intention, found.decision.contract
    if recommendation is None or sign_off is None or intention is None:
        raise LookupError("no intention to award has been announced")
    chair = next(
        member.label
        for member in found.members
        if member.seat is Seat.CHAIR and member.left_at is None
    )
    return facts.Decision(
        recommended=recommendation.bids[0].reference,
        reason=recommendation.reason,
        recommended_by=chair,
        recommended_at=recommendation.recommended_at,
        approved_by="approver",
        approved_at=sign_off.decided_at,
        approval_reason=sign_off.reason,
        minute="",
        intention_at=intention.announced_at,
        standstill_ends_at=intention.standstill_ends_at,
        contract=(
            facts.Contract(
                contract.reference,
                values.Money(contract.value_minor, found.challenge.currency),
                contract.signed_at,
            )
            if contract
            else None
        ),
        others=next(
            (others(bid.team) for bid in found.bids if bid.bid_id == recommendation.bids[0].id), ""
        ),
    )


def _timeline(session: Session, found: _Gathered) -> tuple[facts.Event, ...]:
    """Tell the challenge's history from its log, and the closing at its own instant."""
    events = []
    for entry in log.chain_entries(session, found.challenge.reference):
        if entry.action in _TOLD:
            message, values = log.words_for(entry)
            milestone = _TOLD[entry.action]
            events.append(
                facts.Event(entry.at, _(message, **values), _(milestone) if milestone else "")
            )
    events += [
        facts.Event(again.at, _("The result was computed again"), "") for again in found.again
    ]
    if found.stage.closes_at is not None:
        events.append(facts.Event(found.stage.closes_at, _("Bidding closed"), _("Closed")))
    return tuple(sorted(events, key=lambda event: event.at))

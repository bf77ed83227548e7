"""Gathers the facts of an award from the rooms that own them, once, when a report is frozen."""

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.opened_bid import OpenedBid
from challenges.frozen import PlanDiffers, frozen_evaluation
from challenges.kinds import PriceModel
from challenges.law import route_names
from challenges.method.words import method_sentences, panel_sentences
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.stages.kinds import is_judged
from challenges.words import PRICE_MODEL_WORDS, price_sentences
from marketplace.core.regimes import book
from marketplace.core.text import N_
from scoring.award.evaluation import plain
from scoring.award.recomputing.queries import Again
from scoring.engine.canonical import canonical
from scoring.panel.models import ConsensusScore, Score, Seat
from scoring.report import decided, facts, values, wording
from scoring.report.asked import asked_of_bids
from scoring.report.gathered import Gathered, gather_stage
from scoring.report.grounds import grounds_of
from scoring.report.others import others
from scoring.report.people import people
from scoring.report.proofs import Proofs, proofs_of
from scoring.report.signed import complaint_of, contract_of, rest_of
from scoring.report.statutory import statutory_items
from scoring.report.timeline import timeline


def full_report(
    session: Session, stage: Stage, *, number: int, now: datetime, notice: str
) -> facts.AwardReport:
    """Give the full facts of a challenge whose intention to award follows from `stage`.

    `number` is the report's among those of the stage; `notice` a sentence for the cover, or empty.

    Raises:
        PlanDiffers: the stored plan, or the result's, is not the published one.
        LookupError: there is no opening, no result or no approved recommendation yet.
    """
    challenge = stage.challenge
    asked = asked_of_bids(session, challenge)
    followed = [
        gather_stage(session, each, asked, deciding=each is stage)
        for each in challenge.stages
        if is_judged(each) and each.ordinal <= stage.ordinal
    ]
    for each in followed:
        plan = frozen_evaluation(session, each.stage)
        _ensure_as_published(each, plan)
    found = followed[-1]
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
        stages=tuple(map(_stage, followed)),
        people=people(session, followed),
        decision=_decision(found, proofs_of(session, stage, found.decision, now)),
        timeline=timeline(session, followed),
        statutory=(),
        grounds=grounds_of(regime),
        redactions=(),
    )
    return statutory_items(report, regime.report_items)


def _ensure_as_published(found: Gathered, plan: EvaluationPlan) -> None:
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
        legal_route=_(route_names(regime.key)[challenge.legal_route]),
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


def _stage(found: Gathered) -> facts.Stage:
    stage, computed = found.stage, found.decision.computed
    if computed is None:
        raise LookupError("no result has been computed")
    scale = next(criterion.descriptors for criterion in stage.criteria if criterion.descriptors)
    return facts.Stage(
        id=found.id,
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
        going_on=_going_on(found),
        held_back=tuple(
            facts.HeldBack(
                each.bid.reference if each.bid else "",
                each.words,
                each.ground,
                each.reason,
                each.withheld_at,
            )
            for each in found.held_back
        ),
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


def _going_on(found: Gathered) -> facts.GoingOn | None:
    if found.deciding:
        return None
    advance = found.advance
    if advance is None or advance.answer is None or not advance.answer.confirmed:
        raise LookupError("nobody went on from a stage that another follows")
    return facts.GoingOn(
        bids=tuple(bid.reference for bid in advance.bids),
        reason=advance.reason,
        confirmed_at=advance.answer.decided_at,
        contracts=tuple(contract_of(each, found, several=True) for each in found.contracts),
        taken_back=tuple(found.sifted_again),
    )


def _amount(minor: int | None, currency: str) -> str:
    return wording.money(values.Money(minor or 0, currency))


def _bid(bid: OpenedBid, found: Gathered) -> facts.Bid:
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
        masks=tuple(
            facts.Mask(each.words, each.reason, each.masked_at)
            for each in found.masks.get(bid.bid_id, ())
        ),
    )


def _cell(
    key: str, individual: list[Score], agreed: ConsensusScore | None, found: Gathered
) -> facts.CriterionScore:
    present = set(agreed.present.split(", ")) if agreed else set()
    return facts.CriterionScore(
        criterion=key,
        individual=tuple(
            facts.IndividualScore(
                found.person(score.member.label), plain(score.value), score.rationale
            )
            for score in sorted(individual, key=lambda score: score.member.label)
        ),
        agreed=plain(agreed.value) if agreed else None,
        # In the order of their words, which tells nobody whose they are.
        reason=agreed.rationale
        if agreed
        else "\n\n".join(sorted(score.rationale for score in individual)),
        present=tuple(
            found.person(member.label) for member in found.members if member.label in present
        ),
    )


def _decision(found: Gathered, proofs: Proofs) -> decided.Decision:
    recommendation, sign_off = found.decision.recommendation, found.decision.sign_off
    intention = found.decision.intention
    if recommendation is None or sign_off is None or intention is None:
        raise LookupError("no intention to award has been announced")
    chair = next(
        member.label
        for member in found.members
        if member.seat is Seat.CHAIR and member.left_at is None
    )
    several = len(recommendation.bids) > 1
    signed = tuple(contract_of(each, found, several=several) for each in found.contracts)
    return decided.Decision(
        recommended=recommendation.bids[0].reference,
        reason=recommendation.reason,
        recommended_by=chair,
        recommended_at=recommendation.recommended_at,
        approved_by="approver",
        approved_at=sign_off.decided_at,
        approval_reason=sign_off.reason,
        minute=proofs.minute,
        intention_at=intention.announced_at,
        standstill_ends_at=intention.standstill_ends_at,
        contract=signed[0] if signed else None,
        others=_others(found, [bid.id for bid in recommendation.bids]),
        also_recommended=tuple(bid.reference for bid in recommendation.bids[1:]),
        further_contracts=signed[1:],
        shown=proofs.shown,
        looked_up=proofs.looked_up,
        failed=proofs.failed,
        taken_back=tuple(
            decided.TakenBack(
                bids=tuple(bid.reference for bid in each.recommendation.bids),
                reason=each.recommendation.reason,
                approved_at=each.approved_at,
                announced_at=each.announced_at,
                taken_back_at=each.answer.answered_at,
                why=each.made.reason,
            )
            for each in reversed(found.taken_back)
        ),
        complaints=tuple(complaint_of(each) for each in reversed(found.complaints)),
        rest_ended=rest_of(found.stage, found.decision),
    )


def _others(found: Gathered, chosen: Sequence[uuid.UUID]) -> str:
    """Say who does the work besides the suppliers who were chosen; of several, bid by bid."""
    bids = {bid.bid_id: bid for bid in found.bids}
    if len(chosen) == 1:
        return others(bids[chosen[0]].team)
    if not any(bids[each].team for each in chosen):
        return ""
    return " ".join(
        _(
            "Bid %(bid)s: %(others)s",
            bid=bids[each].reference,
            others=others(bids[each].team) or _("No subcontracting was declared."),
        )
        for each in chosen
    )

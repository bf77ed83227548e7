"""What a panel did with the bids: scores alone, agreed scores, the decision, or the end."""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from challenges import service as challenges
from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.dates import months_after
from marketplace.core.permissions import Actor
from marketplace.demonstration import (
    contracting,
    going_on,
    meeting,
    noticing,
    proving,
    raising,
    working,
    writing_letters,
)
from marketplace.demonstration.days import Span, working_morning
from marketplace.demonstration.history import History
from marketplace.demonstration.people import evaluators_needed
from marketplace.demonstration.shapes import Bid, Score, TargetState
from marketplace.demonstration.telling import Telling
from marketplace.demonstration.writing import what_was_learned
from scoring.award import queries as decisions
from scoring.award import service as award
from scoring.award.contracts.terms import Terms
from scoring.panel import queries, service

# The law gives 30 days from signing to the award notice.
AWARD_NOTICE_AFTER = timedelta(days=12)
WAITS = timedelta(weeks=18)


def judge(telling: Telling, evaluation: Span) -> History:
    """Go with the bids from the first score as far as the content goes."""
    state = telling.item.state
    if any(bid.scores for bid in telling.bid_set.bids):
        yield from _score(telling, evaluation)
        if state is not TargetState.EVALUATING:
            yield from _moderate(telling, evaluation)
        if state not in (TargetState.EVALUATING, TargetState.MODERATION):
            yield from _conclude(telling, evaluation)
    if state is TargetState.STOPPED and telling.days.ended is not None:
        yield telling.days.ended
        challenges.stop(
            telling.reference,
            lessons=what_was_learned(telling.item),
            actor=telling.officers[0],
            clock=telling.clock,
        )


def _score(telling: Telling, evaluation: Span) -> History:
    """Let evaluators score alone, a question at a time; whoever has scored everything submits.

    Where the panel meets bidders, it does so meanwhile.
    """
    yield evaluation.at(0.3)
    service.begin_scoring(telling.reference, actor=telling.chair, clock=telling.clock)
    yield from meeting.arrange(telling, evaluation)
    evaluators = dict(enumerate(_evaluators(telling), start=1))
    sittings = [
        (key, number)
        for key in _questions(telling)
        for number in evaluators
        if _given(telling, key, number)
    ]
    instants = iter(evaluation.spread(2 * len(sittings), 0.32, 0.66))
    for key, number in sittings:
        yield next(instants)
        service.read_question(telling.reference, key, actor=evaluators[number], clock=telling.clock)
        yield next(instants)
        service.save_draft(
            telling.reference,
            key,
            {
                _handle(telling, supplier): service.DraftCell(Decimal(given.score), given.reason)
                for supplier, given in _given(telling, key, number).items()
            },
            actor=evaluators[number],
            clock=telling.clock,
        )
    yield from meeting.record(telling, evaluation)
    ready = [evaluators[number] for number in evaluators if _has_scored_all(telling, number)]
    for evaluator, instant in zip(ready, evaluation.spread(len(ready), 0.67, 0.71), strict=True):
        yield instant
        service.submit_scores(telling.reference, actor=evaluator, clock=telling.clock)


def _handle(telling: Telling, supplier: str) -> str:
    """Give what the panel calls a supplier's bid in its addresses."""
    stage = own_challenge(db.session(), telling.reference, telling.chair).stage
    reference = telling.bid_references[supplier]
    bidders = queries.bidders(db.session(), stage.id)
    return next(bidder.handle for bidder in bidders if bidder.reference == reference)


def _moderate(telling: Telling, evaluation: Span) -> History:
    """Bring the panel to the agreed scores that the content has."""
    yield evaluation.at(0.72)
    service.begin_moderation(telling.reference, actor=telling.chair, clock=telling.clock)
    labels = _labels(telling)
    cells = [
        (key, bid, agreed)
        for key in _questions(telling)
        for bid in telling.bid_set.bids
        if key in bid.scores and (agreed := bid.scores[key].agreed) is not None
    ]
    for (key, bid, agreed), instant in zip(
        cells, evaluation.spread(len(cells), 0.74, 0.9), strict=True
    ):
        yield instant
        service.record_consensus(
            telling.reference,
            key,
            _handle(telling, bid.supplier),
            value=Decimal(agreed.score),
            rationale=agreed.reason,
            present=[labels[member.user_id] for member in _may_discuss(telling, bid)],
            actor=telling.chair,
            clock=telling.clock,
        )


def _conclude(telling: Telling, evaluation: Span) -> History:
    """Compute the result; recommend, sign off, and sign the contract once standstill is over."""
    reference, clock, days = telling.reference, telling.clock, telling.days
    yield evaluation.at(0.92)
    award.conclude_scoring(reference, actor=telling.chair, clock=clock)
    if telling.item.state is TargetState.NEXT_STAGE:
        yield from going_on.go_on(telling, evaluation)
    recommendation = telling.bid_set.recommendation
    if recommendation is None or days.intention is None:
        return
    yield evaluation.at(0.96)
    recommendation_id = award.recommend(
        reference,
        bids=[telling.bid_references[recommendation.supplier]],
        reason=recommendation.reason,
        actor=telling.chair,
        clock=clock,
    )
    yield from proving.prove(telling, recommendation.supplier, days.intention)
    yield days.intention
    award.sign_off(
        reference,
        recommendation_id=recommendation_id,
        approved=True,
        reason=telling.bid_set.approval_note or "",
        actor=telling.approver,
        clock=clock,
    )
    writing_letters.send(telling)
    if telling.item.key == raising.WAITING:
        yield from writing_letters.ask_for_more(telling, recommendation.supplier)
    yield from raising.against(telling)
    if days.signed is None:
        return
    yield max(days.signed, working_morning(_standstill_end(telling)))
    award.sign_contract(
        reference,
        contract_reference=telling.bid_set.contract_reference or "",
        value_minor=_contract_minor(telling, recommendation.supplier),
        terms=_terms(telling),
        actor=telling.officers[0],
        clock=clock,
    )
    noticed_at = working_morning(clock.now() + AWARD_NOTICE_AFTER)
    # The work begins in the week after the signing.
    yield from working.begin(telling)
    yield noticed_at
    noticing.record_award_notice(telling)
    yield from working.go_on(telling)
    yield from contracting.change(telling)


def _terms(telling: Telling) -> Terms:
    """Give a contract's dates: from the next Monday for a year, once extended by half of one.

    Where the demonstration tells of no work, it begins some months later.
    """
    day = telling.clock.now().date()
    starts = day + timedelta(days=7 - day.weekday())
    if telling.item.key not in working.CAME_TO:
        starts += WAITS
    return Terms(
        starts_on=starts,
        ends_on=months_after(starts, 12) - timedelta(days=1),
        extensions_most=1,
        extension_months=6,
        purchase_order=f"PO-{starts.year}-{starts.timetuple().tm_yday:03d}",
        manager="Digital services manager",
    )


def _evaluators(telling: Telling) -> list[Actor]:
    return telling.evaluators(evaluators_needed(telling.content, telling.item.key))


def _questions(telling: Telling) -> list[str]:
    return [criterion.key for criterion in telling.item.criteria if criterion.kind == "quality"]


def _given(telling: Telling, key: str, number: int) -> Mapping[str, Score]:
    """Give what evaluator `number` scored on one question, by supplier."""
    return {
        bid.supplier: bid.scores[key].alone[number]
        for bid in telling.bid_set.bids
        if key in bid.scores and number in bid.scores[key].alone
    }


def _has_scored_all(telling: Telling, number: int) -> bool:
    recused = _recused(telling)
    owed = {
        bid.supplier
        for bid in telling.bid_set.bids
        if not bid.ineligible_reason and (number, bid.supplier) not in recused
    }
    return all(owed == _given(telling, key, number).keys() for key in _questions(telling))


def _recused(telling: Telling) -> set[tuple[int, str]]:
    return {
        (interest.evaluator, interest.supplier)
        for interest in telling.bid_set.interests
        if interest.decision == "recuse"
    }


def _may_discuss(telling: Telling, bid: Bid) -> list[Actor]:
    """Give the chair and the evaluators who did not stand aside from a bid."""
    recused = _recused(telling)
    numbered = enumerate(_evaluators(telling), start=1)
    return [
        telling.chair,
        *(actor for number, actor in numbered if (number, bid.supplier) not in recused),
    ]


def _labels(telling: Telling) -> dict[uuid.UUID, str]:
    session = db.session()
    stage = own_challenge(session, telling.reference, telling.chair).stage
    return {member.user_id: member.label for member in queries.seats(session, stage.id)}


def _standstill_end(telling: Telling) -> datetime:
    session = db.session()
    stage = own_challenge(session, telling.reference, telling.chair).stage
    intention = decisions.decision(session, stage).intention
    if intention is None:
        raise LookupError(f"the intention for {telling.reference} was not announced")
    return intention.standstill_ends_at


def _contract_minor(telling: Telling, supplier: str) -> int:
    """Give the value of the contract: the price that was bid, or the budget that was fixed."""
    bid = next(bid for bid in telling.bid_set.bids if bid.supplier == supplier)
    return (bid.price_pounds or telling.item.budget_pounds or 0) * 100

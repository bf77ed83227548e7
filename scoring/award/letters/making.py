"""Makes the letters of a decision by a job, one after another: what each says is read and kept.

A worker can be killed between any two: what was made stays, and the next one goes on from there.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from challenges.models import Stage
from challenges.stages.running import next_judged
from marketplace.core import jobs
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import format_date
from marketplace.core.regimes.shapes import LetterKind
from marketplace.core.regimes.working_days import LONDON
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.advancing.cutting_off import lost_tie
from scoring.award.advancing.models import Advance
from scoring.award.letters.models import InformationRequest, Letter, LetterBatch
from scoring.award.models import Recommendation
from scoring.explanation.sentences import ranked_by
from scoring.panel import queries as panels

MAKE = "letters.make"


def begin_batch(
    session: Session,
    stage: Stage,
    clock: Clock,
    *,
    recommendation_id: uuid.UUID | None = None,
    advance_id: uuid.UUID | None = None,
    request_id: uuid.UUID | None = None,
) -> LetterBatch:
    """Begin the letters of a decision in its transaction, with the job that makes them."""
    batch = LetterBatch(
        stage_id=stage.id,
        recommendation_id=recommendation_id,
        advance_id=advance_id,
        request_id=request_id,
        begun_at=clock.now(),
    )
    session.add(batch)
    session.flush()
    jobs.enqueue(session, MAKE, clock=clock, batch=str(batch.id))
    return batch


@jobs.handles(MAKE)
def make(payload: dict[str, Any], clock: Clock) -> None:
    """Make each letter that is not made yet, each in a transaction of its own."""
    batch_id = uuid.UUID(payload["batch"])
    while make_one(batch_id, clock):
        pass


def make_one(batch_id: uuid.UUID, clock: Clock) -> bool:
    """Make one letter that is not made yet; tell whether another can be due."""
    db.session.rollback()
    with transaction() as session:
        batch = session.scalars(
            select(LetterBatch).where(LetterBatch.id == batch_id).with_for_update()
        ).one_or_none()
        # None: there was nobody to write to.
        if batch is None or batch.made_at is not None:
            return False
        due = _due(session, batch)
        if due:
            _add(session, batch, due[:1], clock)
        if len(due) < 2:
            batch.made_at = clock.now()
    return len(due) > 1


def make_all(session: Session, batch: LetterBatch, clock: Clock) -> None:
    """Make all that are not made yet, in the caller's transaction."""
    if batch.made_at is None:
        _add(session, batch, _due(session, batch), clock)
        batch.made_at = clock.now()
        session.flush()
        session.expire(batch, ["letters"])


def begin_for_others(session: Session, stage: Stage, advance: Advance, clock: Clock) -> None:
    """Begin the letters to those who do not go on from a stage; none where everybody does."""
    batch = begin_batch(session, stage, clock, advance_id=advance.id)
    if not _recipients(session, batch):
        session.delete(batch)
        session.flush()


def expected(session: Session, batch: LetterBatch) -> int:
    """Tell how many letters a batch has when all are made."""
    return len(_recipients(session, batch))


def _due(session: Session, batch: LetterBatch) -> list[Bid]:
    made = set(session.scalars(select(Letter.bid_id).where(Letter.batch_id == batch.id)))
    return [bid for bid in _recipients(session, batch) if bid.id not in made]


def _recipients(session: Session, batch: LetterBatch) -> list[Bid]:
    """Give the bids whose bidders a batch writes to, in the order of their references."""
    if batch.request_id is not None:
        request = session.get_one(InformationRequest, batch.request_id)
        return [session.get_one(Bid, request.bid_id)]
    bids = session.scalars(
        select(Bid)
        .where(Bid.stage_id == batch.stage_id)
        .options(joinedload(Bid.supplier))
        .order_by(Bid.reference)
    )
    gone_on = _going_on(session, batch)
    return [bid for bid in bids if _is_told(bid) and bid.id not in gone_on]


def _is_told(bid: Bid) -> bool:
    """Tell whether a bid's bidder is told: it was opened, or invited and did not answer."""
    unanswered = bid.previous_id is not None and bid.state in (BidState.INVITED, BidState.DRAFT)
    return bid.state in OPENED_STATES or unanswered


def _going_on(session: Session, batch: LetterBatch) -> Collection[uuid.UUID]:
    if batch.advance_id is None:
        return ()
    return {bid.id for bid in session.get_one(Advance, batch.advance_id).bids}


@dataclass(frozen=True)
class _Source:
    """What letters of a batch are made from: the decision, with what the panel wrote."""

    about: str
    decided: Recommendation | Advance
    found: awards.Decision
    reasons: Mapping[uuid.UUID, Mapping[str, list[str]]]
    following: Stage | None


def _add(session: Session, batch: LetterBatch, bids: Collection[Bid], clock: Clock) -> None:
    if not bids:
        return
    stage = session.get_one(Stage, batch.stage_id)
    source = _source(session, batch, stage)
    for bid in bids:
        facts = _facts(session, stage, bid, source)
        if batch.request_id is not None:
            request = session.get_one(InformationRequest, batch.request_id)
            facts["asked"] = request.words
            facts["asked_on"] = format_date(request.asked_at.astimezone(LONDON).date())
        session.add(
            Letter(
                batch_id=batch.id,
                stage_id=stage.id,
                bid_id=bid.id,
                kind=_kind(batch, bid, facts),
                facts=facts,
                made_at=clock.now(),
            )
        )
    session.flush()


def _source(session: Session, batch: LetterBatch, stage: Stage) -> _Source:
    found = awards.decision(session, stage)
    advance_id, recommendation_id = batch.advance_id, batch.recommendation_id
    if batch.request_id is not None:
        answered = _told_of(session, batch)
        advance_id, recommendation_id = answered.advance_id, answered.recommendation_id
    if advance_id is not None:
        return _Source(
            "sift",
            session.get_one(Advance, advance_id),
            found,
            panels.reasons_by_bid(session, stage),
            next_judged(stage.challenge, stage),
        )
    return _Source(
        "award",
        session.get_one(Recommendation, recommendation_id),
        found,
        panels.reasons_by_bid(session, stage),
        None,
    )


def _told_of(session: Session, batch: LetterBatch) -> LetterBatch:
    """Give the letters of the decision that a request asks more about: the last that were sent."""
    return session.scalars(
        select(LetterBatch)
        .where(
            LetterBatch.stage_id == batch.stage_id,
            LetterBatch.request_id.is_(None),
            LetterBatch.sent_at.is_not(None),
        )
        .order_by(LetterBatch.sent_at.desc())
        .limit(1)
    ).one()


def _kind(batch: LetterBatch, bid: Bid, facts: Mapping[str, Any]) -> LetterKind:
    if batch.request_id is not None:
        return LetterKind.FURTHER_INFORMATION
    own = facts["own"]
    if own is not None and own["outcome"] in ("ineligible", "excluded", "withdrawn"):
        return LetterKind.NOT_ELIGIBLE
    return LetterKind.NOT_SHORTLISTED if batch.advance_id is not None else LetterKind.INTENTION


def _facts(session: Session, stage: Stage, bid: Bid, source: _Source) -> dict[str, Any]:
    computed = source.found.computed
    assert computed is not None  # nothing is decided without a result
    rows = {row["id"]: row for row in computed.result["bids"]}
    criteria = computed.evaluation["criteria"]
    sift = source.about == "sift"
    own = rows.get(bid.reference)
    return {
        "about": source.about,
        "supplier": bid.supplier.name,
        "bid": bid.reference,
        "title": stage.challenge.title,
        "reference": stage.challenge.reference,
        "stage": stage.name,
        "number": stage.ordinal,
        "own": _row(own) if own else None,
        "criteria": [
            {key: str(each[key]) for key in ("id", "title", "weight", "kind")} for each in criteria
        ],
        "reasons": dict(source.reasons.get(bid.id, {})),
        "why": source.decided.reason,
        # Who goes on keeps what it reached to itself: it can count in the stage that follows.
        "preferred": []
        if sift
        else [
            {
                "name": each.supplier.name,
                "bid": each.reference,
                "row": _row(rows[each.reference]),
                "reasons": dict(source.reasons.get(each.id, {})),
            }
            for each in source.decided.bids
        ],
        "going_on": [each.supplier.name for each in source.decided.bids] if sift else [],
        "next_stage": source.following.name if source.following else "",
        "tie": lost_tie(session, stage, computed.evaluation, bid.reference) if sift else "",
        "ranked_by": ranked_by(computed.evaluation),
    }


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    """Give of a row of the result what a letter says."""

    def shown(figure: Mapping[str, Any] | None) -> str | None:
        return figure["display"] if figure else None

    return {
        "outcome": row["outcome"],
        "rank": row.get("rank"),
        "reasons": list(row.get("reasons") or ()),
        "total": shown(row.get("total")),
        "ranking_value": shown(row.get("ranking_value")),
        "criteria": {
            key: {"points": shown(cell["points"]), "exact": cell["points"]["exact"]}
            for key, cell in (row.get("criteria") or {}).items()
            if cell and cell.get("points")
        },
    }

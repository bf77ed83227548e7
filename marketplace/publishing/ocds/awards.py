"""Reads the awards, contracts and counts of bids that the public may know."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.opened import opened_at, opened_bids
from challenges.lifecycle import AWARDED, State
from challenges.models import Challenge, Stage
from marketplace.core.regimes.sizes import SizeClass
from marketplace.publishing.ocds import facts
from marketplace.publishing.ocds.naming import identifier, party
from scoring.award.contracts.queries import Kept
from scoring.award.delivery import agreements
from scoring.award.delivery.queries import Work, works
from scoring.award.models import Contract, Intention, IntentionWithdrawal
from scoring.award.standing import rests_ended

_JUDGED = frozenset({BidState.VALID})
# While bids are still judged nobody is told who was paid to explore before.
_TOLD_OF_EXPLORING = (AWARDED - {State.INTENTION}) | {State.STOPPED}


def counted(session: Session, stage: Stage) -> facts.Counted | None:
    """Count a stage's bids; None where none could be read."""
    at = opened_at(session, stage.id)
    if at is None:
        return None
    bids = [bid for bid in opened_bids(session, stage.id) if bid.state is not BidState.WITHDRAWN]
    return facts.Counted(
        bids=len(bids),
        valid=sum(bid.state in _JUDGED for bid in bids),
        of_smes=sum(bool(bid.size_class) and bid.size_class != SizeClass.LARGE for bid in bids),
        counted_at=at,
    )


def works_of(session: Session, challenge: Challenge) -> list[Work]:
    """Read the contracts of a challenge with how far their work has come, the first first."""
    return list(works(session, agreements.of_challenge(session, challenge)))


def awards_of(session: Session, stage: Stage, found: Sequence[Work]) -> Sequence[facts.Award]:
    """Give to whom a stage's decisions meant to award, once all bidders were told of each.

    A decision that was taken back is there as cancelled. Whoever went on to paid work stands there
    too, once the public may know.
    """
    signed = {(each.agreement.contract.recommendation_id, _bid(each)) for each in found}
    rows = session.execute(
        select(Intention, IntentionWithdrawal.withdrawn_at)
        .outerjoin(
            IntentionWithdrawal,
            IntentionWithdrawal.recommendation_id == Intention.recommendation_id,
        )
        .where(Intention.stage_id == stage.id)
        .order_by(Intention.announced_at, Intention.bid_id)
    ).tuples()
    ended = {each.recommendation_id for each in rests_ended(session, [stage.id])}
    made = []
    for intention, withdrawn_at in rows:
        decided = (intention.recommendation_id, intention.bid_id)
        rest = "unsuccessful" if intention.recommendation_id in ended else "pending"
        status = "active" if decided in signed else rest
        made.append(
            facts.Award(
                id=_decided(*decided),
                status="cancelled" if withdrawn_at else status,
                at=withdrawn_at or intention.announced_at,
                supplier=party(intention.bid.supplier),
            )
        )
    for each in _exploring(stage, found):
        contract = each.agreement.contract
        made.append(
            facts.Award(
                id=_decided(contract.advance_id, contract.bid_id),
                status="active",
                at=contract.signed_at,
                supplier=party(contract.bid.supplier),
            )
        )
    return made


def contracts_of(session: Session, stage: Stage, found: Sequence[Work]) -> Sequence[facts.Contract]:
    """Give the contracts to which a stage's decisions led, with their work as it was accepted."""
    told = {each.agreement.id for each in _exploring(stage, found)}
    return [
        _contract(stage.challenge, each)
        for each in found
        if each.agreement.contract.stage_id == stage.id
        and (each.agreement.contract.recommendation_id is not None or each.agreement.id in told)
    ]


def _exploring(stage: Stage, found: Sequence[Work]) -> list[Work]:
    """Give the contracts of those who went on from a stage, where the public may know of them."""
    if stage.challenge.state not in _TOLD_OF_EXPLORING:
        return []
    return [
        each
        for each in found
        if each.agreement.contract.stage_id == stage.id
        and each.agreement.contract.advance_id is not None
    ]


def _bid(work: Work) -> uuid.UUID:
    return work.agreement.contract.bid_id


def _decided(decision_id: uuid.UUID | None, bid_id: uuid.UUID) -> str:
    """Name what was decided about a bid: the same bid can be preferred again."""
    return identifier("award", f"{decision_id} {bid_id}")


def _contract(challenge: Challenge, work: Work) -> facts.Contract:
    kept, contract = work.agreement.kept, work.agreement.contract
    return facts.Contract(
        id=identifier("contract", str(contract.id)),
        award=_decided(contract.recommendation_id or contract.advance_id, contract.bid_id),
        reference=contract.reference,
        title=_title(challenge, contract),
        status="terminated" if work.ended or work.ineffective else "active",
        value=facts.Money(work.agreement.value_minor, challenge.currency),
        signed_at=contract.signed_at,
        starts_on=contract.starts_on,
        ends_on=work.agreement.ends_on,
        changes=_changes(kept),
        milestones=[
            facts.Milestone(
                id=f"milestone-{reached.number}",
                title=reached.terms.title,
                says=reached.terms.deliverable,
                due_on=reached.terms.due_on,
                met_at=reached.answer.decided_at if reached.done and reached.answer else None,
                status="met" if reached.done else _NOT_MET[work.ended or work.ineffective],
            )
            for reached in work.milestones
        ],
    )


# A milestone that was not accepted: whether the work has ended.
_NOT_MET: Mapping[bool, str] = {False: "scheduled", True: "notMet"}


def _changes(kept: Kept) -> list[facts.ContractChange]:
    return [
        facts.ContractChange(
            id=f"change-{change.number}",
            at=change.answer.decided_at if change.answer else change.described_at,
            why=change.why,
            what=change.what,
        )
        for change in kept.holding
    ]


def _title(challenge: Challenge, contract: Contract) -> str:
    work = contract.work_stage
    return f"{challenge.title} – {work.name}" if work else challenge.title

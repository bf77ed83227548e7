"""Reads the awards, contracts and counts of bids that the public may know."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.opened import opened_at, opened_bids
from challenges.models import Challenge, Stage
from marketplace.core.regimes.sizes import SizeClass
from marketplace.publishing.ocds import facts
from marketplace.publishing.ocds.naming import identifier, party
from scoring.award.contracts import queries as contracts
from scoring.award.queries import decision

_JUDGED = frozenset({BidState.VALID})


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


def awards_of(session: Session, stage: Stage) -> Sequence[facts.Award]:
    """Give to whom a stage's decision means to award, once all bidders were told."""
    found = decision(session, stage)
    signed = {each.bid_id for each in found.contracts}
    return [
        facts.Award(
            id=f"{each.bid.reference}",
            status="active" if each.bid_id in signed else "pending",
            at=each.announced_at,
            supplier=party(each.bid.supplier),
        )
        for each in found.intentions
    ]


def contracts_of(session: Session, stage: Stage) -> Sequence[facts.Contract]:
    """Give the contracts that a stage's decision led to."""
    challenge = stage.challenge
    return [
        facts.Contract(
            id=identifier("contract", str(each.contract.id)),
            award=each.contract.bid.reference,
            reference=each.contract.reference,
            title=_title(challenge, each),
            status="active",
            value=facts.Money(each.value_minor, challenge.currency),
            signed_at=each.contract.signed_at,
            starts_on=each.contract.starts_on,
            ends_on=each.ends_on,
            changes=[
                facts.ContractChange(
                    id=f"change-{change.number}",
                    at=change.answer.decided_at if change.answer else change.described_at,
                    why=change.why,
                    what=change.what,
                )
                for change in each.holding
            ],
        )
        for each in contracts.contracts_of(session, challenge)
        # What is paid for before the next judging follows no award.
        if each.contract.stage_id == stage.id and each.contract.recommendation_id is not None
    ]


def _title(challenge: Challenge, kept: contracts.Kept) -> str:
    work = kept.contract.work_stage
    return f"{challenge.title} – {work.name}" if work else challenge.title

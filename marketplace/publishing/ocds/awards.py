"""Reads the awards, contracts and counts of bids that the public may know."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.opened import opened_at, opened_bids
from challenges.models import Stage
from marketplace.core.regimes.sizes import SizeClass
from marketplace.publishing.ocds import facts
from marketplace.publishing.ocds.naming import identifier, party
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
    found = decision(session, stage)
    challenge = stage.challenge
    return [
        facts.Contract(
            id=identifier("contract", str(each.id)),
            award=each.bid.reference,
            reference=each.reference,
            title=challenge.title,
            status="active",
            value=facts.Money(each.value_minor, challenge.currency),
            signed_at=each.signed_at,
        )
        for each in found.contracts
    ]

"""Reads what the notices of an award and of its changes say."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.opened import opened_bids
from bids.team.document import Member
from challenges.models import Challenge
from challenges.stages.kinds import is_judged
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.regimes.sizes import SizeClass
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.contracts.queries import Kept, contracts_of
from scoring.award.models import Contract, Intention


@dataclass(frozen=True)
class Award:
    """What a notice tells of an award: `bids` counts those received and not withdrawn.

    Where several suppliers win there is a notice for each: this is the `number`th, and `suppliers`
    are all, in the order of the notices. `team` is who does the work besides the supplier, as its
    bid says.
    """

    number: int
    suppliers: Sequence[str]
    supplier: str
    supplier_is_sme: bool | None
    bids: int
    bids_of_smes: int
    contract: Contract | None
    team: Sequence[Member] = ()


def award_of(session: Session, challenge: Challenge, number: int = 1) -> Award:
    """Read what the notice of this number tells of an award that was announced.

    The first notices are those of the winners, in their order; further contracts with one of them
    have notices with numbers of their own (`contracts.queries.Kept.notice`).

    Raises:
        WrongMoment: no intention to award is announced.
        NotFound: not so many suppliers win, and there is no contract with a notice of this number.
    """
    stage = awards.deciding_stage(session, challenge)
    decision = awards.decision(session, stage) if stage else None
    if stage is None or decision is None or decision.intention is None:
        raise WrongMoment(N_("There is no award to publish a notice of yet."))
    kept = next((each for each in contracts_of(session, challenge) if each.notice == number), None)
    intention = _intention(decision, number, kept)
    # Who goes on to a later stage made a bid in the first one: there all are counted, once.
    first = next(each for each in challenge.stages if is_judged(each))
    opened = opened_bids(session, first.id)
    bids = [bid for bid in opened if bid.state is not BidState.WITHDRAWN]
    decided = opened if first.id == stage.id else opened_bids(session, stage.id)
    chosen = next((bid for bid in decided if bid.bid_id == intention.bid_id), None)
    return Award(
        number=number,
        suppliers=[each.bid.supplier.name for each in decision.intentions],
        supplier=intention.bid.supplier.name,
        supplier_is_sme=_is_sme(chosen.size_class) if chosen else None,
        bids=len(bids),
        bids_of_smes=sum(_is_sme(bid.size_class) is True for bid in bids),
        contract=kept.contract if kept else None,
        team=chosen.team if chosen else (),
    )


def _intention(decision: awards.Decision, number: int, kept: Kept | None) -> Intention:
    """Give the announced award that a notice is about."""
    for place, each in enumerate(decision.intentions, start=1):
        if kept.contract.bid_id == each.bid_id if kept else place == number:
            return each
    raise NotFound(N_("There is no such award notice."))


def _is_sme(size_class: str) -> bool | None:
    return None if not size_class else size_class != SizeClass.LARGE

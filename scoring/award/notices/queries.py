"""Reads what the notices of an award and of its changes say."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bids.lifecycle import BidState
from bids.models import Bid
from bids.opened import opened_bids
from bids.team.document import Member
from challenges.models import Challenge, Stage
from challenges.stages.kinds import is_judged
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.regimes.sizes import SizeClass
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.models import Contract
from scoring.award.notices.models import ContractChange


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


def award_of(
    session: Session, challenge: Challenge, number: int = 1, contract: Contract | None = None
) -> Award:
    """Read what the notice of this number tells of an award that was announced.

    Where a contract is given, it is the notice of the award that this was signed for.

    Raises:
        WrongMoment: no intention to award is announced.
        NotFound: not so many suppliers win.
    """
    stage = awards.deciding_stage(session, challenge)
    decision = awards.decision(session, stage) if stage else None
    if stage is None or decision is None or decision.intention is None:
        raise WrongMoment(N_("There is no award to publish a notice of yet."))
    if contract is not None:
        winners = [each.bid_id for each in decision.intentions]
        number = winners.index(contract.bid_id) + 1
    if not 1 <= number <= len(decision.intentions):
        raise NotFound(N_("There is no such award notice."))
    intention = decision.intentions[number - 1]
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
        contract=next(
            (each for each in decision.contracts if each.bid_id == intention.bid_id), None
        ),
        team=chosen.team if chosen else (),
    )


def contracts_of(session: Session, challenge: Challenge) -> Sequence[Contract]:
    """Read the signed contracts of a challenge, the first first.

    Raises:
        WrongMoment: none is signed.
    """
    contracts = session.scalars(
        select(Contract)
        .join(Stage, Stage.id == Contract.stage_id)
        .where(Stage.challenge_id == challenge.id)
        .options(joinedload(Contract.bid).joinedload(Bid.supplier))
        .order_by(Contract.signed_at, Contract.id)
    ).all()
    if not contracts:
        raise WrongMoment(N_("There is no signed contract that could be changed."))
    return contracts


def contract_among(contracts: Sequence[Contract], reference: str | None) -> Contract:
    """Give the contract of a reference; without one the first.

    Raises:
        NotFound: there is none of this reference.
    """
    for contract in contracts:
        if reference in (None, contract.reference):
            return contract
    raise NotFound(N_("There is no such contract."))


def changes_of(session: Session, contract_id: uuid.UUID) -> Sequence[ContractChange]:
    """Give the changes of a contract, the first first."""
    return session.scalars(
        select(ContractChange)
        .where(ContractChange.contract_id == contract_id)
        .order_by(ContractChange.number)
    ).all()


def change_of(
    session: Session, contracts: Sequence[Contract], number: int
) -> tuple[Contract, ContractChange]:
    """Give one change, with the contract that it changes: they count on over all contracts.

    Raises:
        NotFound: there is none of this number.
    """
    change = session.scalar(
        select(ContractChange).where(
            ContractChange.contract_id.in_([each.id for each in contracts]),
            ContractChange.number == number,
        )
    )
    if change is None:
        raise NotFound(N_("There is no change with this number."))
    return next(each for each in contracts if each.id == change.contract_id), change


def changes_made(session: Session, contracts: Sequence[Contract]) -> int:
    """Count the changes of all these contracts."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ContractChange)
            .where(ContractChange.contract_id.in_([each.id for each in contracts]))
        )
        or 0
    )


def _is_sme(size_class: str) -> bool | None:
    return None if not size_class else size_class != SizeClass.LARGE

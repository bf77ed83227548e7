"""Reads what the notices of an award and of its changes say."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.opened import opened_bids
from bids.team.document import Member
from challenges.models import Challenge, Stage
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.regimes.sizes import SizeClass
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.models import Contract
from scoring.award.notices.models import ContractChange


@dataclass(frozen=True)
class Award:
    """What a notice tells of an award: `bids` counts those that were not withdrawn.

    `team` is who does the work besides the supplier, as its bid says.
    """

    supplier: str
    supplier_is_sme: bool | None
    bids: int
    bids_of_smes: int
    contract: Contract | None
    team: Sequence[Member] = ()


def award_of(session: Session, challenge: Challenge) -> Award:
    """Read an award that was announced.

    Raises:
        WrongMoment: no intention to award is announced.
    """
    stage = awards.deciding_stage(session, challenge)
    decision = awards.decision(session, stage) if stage else None
    if stage is None or decision is None or decision.intention is None:
        raise WrongMoment(N_("There is no award to publish a notice of yet."))
    bids = [bid for bid in opened_bids(session, stage.id) if bid.state is not BidState.WITHDRAWN]
    chosen = next((bid for bid in bids if bid.bid_id == decision.intention.bid_id), None)
    return Award(
        supplier=", ".join(each.bid.supplier.name for each in decision.intentions),
        supplier_is_sme=_is_sme(chosen.size_class) if chosen else None,
        bids=len(bids),
        bids_of_smes=sum(_is_sme(bid.size_class) is True for bid in bids),
        contract=decision.contract,
        team=chosen.team if chosen else (),
    )


def contract_of(session: Session, challenge: Challenge) -> Contract:
    """Read the signed contract of a challenge.

    Raises:
        WrongMoment: none is signed.
    """
    contract = session.scalar(
        select(Contract)
        .join(Stage, Stage.id == Contract.stage_id)
        .where(Stage.challenge_id == challenge.id)
        .order_by(Contract.signed_at)
        .limit(1)
    )
    if contract is None:
        raise WrongMoment(N_("There is no signed contract that could be changed."))
    return contract


def changes_of(session: Session, contract_id: uuid.UUID) -> Sequence[ContractChange]:
    """Give the changes of a contract, the first first."""
    return session.scalars(
        select(ContractChange)
        .where(ContractChange.contract_id == contract_id)
        .order_by(ContractChange.number)
    ).all()


def change_of(session: Session, contract_id: uuid.UUID, number: int) -> ContractChange:
    """Give one change of a contract.

    Raises:
        NotFound: there is none of this number.
    """
    change = session.scalar(
        select(ContractChange).where(
            ContractChange.contract_id == contract_id, ContractChange.number == number
        )
    )
    if change is None:
        raise NotFound(N_("There is no change with this number."))
    return change


def _is_sme(size_class: str) -> bool | None:
    return None if not size_class else size_class != SizeClass.LARGE

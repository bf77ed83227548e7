"""Contracts as work is done under them: with whom, for what, until when, and what they are worth.

What a contract is stands in `scoring.award.contracts`; this is what the work asks of it.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.lifecycle import AWARDED_STATES, State
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.stages.kinds import StageKind
from marketplace.core.accounts.models import Organisation
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from scoring.award.contracts.models import ContractChange
from scoring.award.contracts.queries import Kept, as_they_stand, contracts_of
from scoring.award.delivery import policy
from scoring.award.delivery.lifecycle import has_gate
from scoring.award.models import Contract
from scoring.panel.aliases.queries import judges_unnamed

_NO_CONTRACT = N_("There is no such contract.")
# In these a contract can be worked under, or what was accepted be paid.
_WORKED_IN = AWARDED_STATES | {State.EVALUATING}
RECENT_MOST = 200


@dataclass(frozen=True)
class Agreement:
    """A signed contract as it stands now, after its changes."""

    challenge: Challenge
    kept: Kept

    @property
    def contract(self) -> Contract:
        """Give the contract as it was signed."""
        return self.kept.contract

    @property
    def supplier(self) -> Organisation:
        """Give with whom it is now."""
        return self.kept.supplier

    @property
    def value_minor(self) -> int:
        """Give what it is worth now, in minor units without VAT."""
        return self.kept.value_minor

    @property
    def ends_on(self) -> date | None:
        """Give its last day as it is now."""
        return self.kept.ends_on

    @property
    def id(self) -> uuid.UUID:
        """Give the contract's identifier."""
        return self.contract.id

    @property
    def reference(self) -> str:
        """Give the contract's reference in the body's register."""
        return self.contract.reference

    @property
    def work(self) -> Stage | None:
        """Give the stage of work that it pays for."""
        return self.contract.work_stage

    @property
    def kind(self) -> StageKind | None:
        """Give what kind of work it pays for."""
        return self.work.kind if self.work else None

    @property
    def gated(self) -> bool:
        """Tell whether its work ends at a gate."""
        return has_gate(self.kind)

    @property
    def before_decision(self) -> bool:
        """Tell whether it pays for work between judged stages, before there is an award."""
        return self.contract.advance_id is not None


def of_challenge(session: Session, challenge: Challenge) -> list[Agreement]:
    """Give the contracts of a challenge, the first signed first."""
    return [Agreement(challenge, each) for each in contracts_of(session, challenge)]


def recent(
    session: Session, *, bodies: Sequence[uuid.UUID] = (), suppliers: Sequence[uuid.UUID] = ()
) -> list[Agreement]:
    """Give the newest contracts of these bodies and suppliers, for what waits there to be done."""
    found = session.scalars(
        select(Contract)
        .join(Bid, Bid.id == Contract.bid_id)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .where(
            or_(
                Challenge.buyer_id.in_(bodies),
                Bid.supplier_id.in_(suppliers),
                # Another may have taken it over since it was signed.
                exists().where(
                    ContractChange.contract_id == Contract.id,
                    ContractChange.supplier_id.in_(suppliers),
                ),
            ),
            Challenge.state.in_(sorted(_WORKED_IN)),
        )
        .options(
            joinedload(Contract.bid).joinedload(Bid.supplier),
            joinedload(Contract.bid).joinedload(Bid.challenge).joinedload(Challenge.buyer),
            joinedload(Contract.work_stage),
        )
        .order_by(Contract.signed_at.desc(), Contract.id.desc())
        .limit(RECENT_MOST)
    ).unique()
    return [
        agreement
        for kept in as_they_stand(session, list(found))
        if (agreement := Agreement(kept.contract.bid.challenge, kept))
        and (agreement.challenge.buyer_id in bodies or agreement.supplier.id in suppliers)
    ]


def one_of(agreements: Sequence[Agreement], contract_id: uuid.UUID) -> Agreement:
    """Give one of these contracts.

    Raises:
        NotFound: it is none of them.
    """
    for each in agreements:
        if each.id == contract_id:
            return each
    raise NotFound(_NO_CONTRACT)


def own_all(
    session: Session, reference: str, actor: Actor, *, lock: bool = False
) -> tuple[Challenge, list[Agreement]]:
    """Give a challenge of the actor's body with its contracts; `lock` holds the challenge's row.

    Raises:
        NotFound: there is none, or it is another body's.
        Forbidden: the actor judges bids of it without names.
    """
    challenge = own_challenge(session, reference, actor, lock=lock)
    ensure(policy.can_see(unnamed=judges_unnamed(session, reference, actor.user_id)))
    return challenge, of_challenge(session, challenge)


def own(
    session: Session, reference: str, contract_id: uuid.UUID, actor: Actor, *, lock: bool = False
) -> Agreement:
    """Give a contract of a challenge of the actor's body; `lock` holds the challenge's row.

    Raises:
        NotFound: there is none, or it is another body's.
        Forbidden: the actor judges bids of its challenge without names.
    """
    return one_of(own_all(session, reference, actor, lock=lock)[1], contract_id)


def as_supplier(
    session: Session, contract_id: uuid.UUID, actor: Actor, *, lock: bool = False
) -> Agreement:
    """Give a contract that is with the actor's supplier; `lock` holds the challenge's row.

    Raises:
        NotFound: there is none, or it is with another supplier.
    """
    of_contract = (select(Bid.challenge_id).join(Contract, Contract.bid_id == Bid.id)).where(
        Contract.id == contract_id
    )
    query = select(Challenge).where(Challenge.id == of_contract.scalar_subquery())
    if lock:
        query = query.with_for_update(of=Challenge).execution_options(populate_existing=True)
    challenge = session.scalar(query)
    if challenge is None:
        raise NotFound(_NO_CONTRACT)
    found = one_of(of_challenge(session, challenge), contract_id)
    if found.supplier.id != actor.organisation_id:
        raise NotFound(_NO_CONTRACT)
    return found

"""Reads signed contracts as they stand, and what is still to be signed."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.dates import PLACE
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.award.advancing.models import AdvanceAnswer, AdvancingBid
from scoring.award.advancing.queries import confirmed, stands_still
from scoring.award.contracts.models import ContractChange, ContractChangeAnswer, ContractDetail
from scoring.award.contracts.ordered.lifecycle import OrderKind, is_over, last_day
from scoring.award.contracts.ordered.models import CourtOrder
from scoring.award.contracts.ordered.queries import orders_of
from scoring.award.contracts.terms import may_buy_later, work_stages
from scoring.award.models import Contract, Intention, RecommendedBid
from scoring.award.queries import Decision
from scoring.award.standing import intention_stands, rest_is_open

_NO_CONTRACT = N_("There is no such contract.")


@dataclass(frozen=True)
class Kept:
    """A signed contract with all that was told of it since.

    `changes` are in order, those that wait or were returned with them; of `details` the newest
    comes last. `place` is that of its bid among those that were chosen together.
    """

    contract: Contract
    changes: Sequence[ContractChange]
    details: Sequence[ContractDetail]
    place: int
    # The number of its award notice; None where it has none of its own.
    notice: int | None = None
    # What courts ordered about it, those that wait or were returned with them, in order.
    orders: Sequence[CourtOrder] = ()

    @property
    def holding(self) -> list[ContractChange]:
        """Give the changes by which the contract is another than when it was signed."""
        return [each for each in self.changes if each.holds]

    @property
    def waiting(self) -> ContractChange | None:
        """Give the change that waits for another person's answer."""
        return next((each for each in self.changes if each.open), None)

    @property
    def value_minor(self) -> int:
        """Give what it is worth now."""
        holding = self.holding
        return holding[-1].value_after_minor if holding else self.contract.value_minor

    @property
    def ends_on(self) -> date | None:
        """Give its last day as it is now: a court can have set an earlier one."""
        moved = [each.ends_on for each in self.holding if each.ends_on is not None]
        agreed = moved[-1] if moved else self.contract.ends_on
        ordered = (last_day(each.kind, each.made_on, each.ends_on) for each in self.ordered)
        return min((day for day in (agreed, *ordered) if day is not None), default=None)

    @property
    def ordered(self) -> list[CourtOrder]:
        """Give what courts ordered about it that two people have recorded."""
        return [each for each in self.orders if each.holds]

    @property
    def order_waiting(self) -> CourtOrder | None:
        """Give the order that waits for its second person."""
        return next((each for each in self.orders if each.answer is None), None)

    @property
    def ineffective(self) -> bool:
        """Tell whether a court declared it ineffective, or set it aside."""
        return any(each.kind is OrderKind.INEFFECTIVE for each in self.ordered)

    def over(self, now: datetime) -> bool:
        """Tell whether by a court's order nothing more is planned, delivered or changed."""
        today = now.astimezone(PLACE).date()
        return any(is_over(each.kind, each.made_on, each.ends_on, today) for each in self.ordered)

    @property
    def supplier(self) -> Organisation:
        """Give with whom it is now: another may have taken it over."""
        taken = [each.supplier for each in self.holding if each.supplier is not None]
        return taken[-1] if taken else self.contract.bid.supplier

    @property
    def extensions_used(self) -> int:
        """Count the extensions that were used up."""
        return sum(each.uses_option for each in self.holding)

    @property
    def purchase_order(self) -> str:
        """Give the number of its purchase order; empty where none is known."""
        return self.details[-1].purchase_order if self.details else ""

    @property
    def manager(self) -> str:
        """Give who manages it for the body; empty where that is not told."""
        return self.details[-1].manager if self.details else ""


@dataclass(frozen=True)
class Offer:
    """A contract that may be recorded: with whom, for which work, and on what it rests.

    A `later` purchase of the result is for no stage of work.
    """

    bid: Bid
    work: Stage | None = None
    later: bool = False
    recommendation_id: uuid.UUID | None = None
    advance_id: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """Give what tells the work of one supplier from its other work, for forms."""
        return "later" if self.later else str(self.work.ordinal) if self.work else ""


def contracts_of(session: Session, challenge: Challenge) -> list[Kept]:
    """Read the contracts of a challenge with their changes, the first signed first."""
    return _kept(
        session,
        session.scalars(
            select(Contract)
            .where(Contract.stage_id.in_([each.id for each in challenge.stages]))
            .options(
                joinedload(Contract.bid).joinedload(Bid.supplier),
                joinedload(Contract.work_stage),
                joinedload(Contract.recorded_by),
            )
            .order_by(Contract.signed_at, Contract.id)
        ).all(),
    )


def as_they_stand(session: Session, contracts: Sequence[Contract]) -> list[Kept]:
    """Read what was told since of contracts that are at hand, of whichever challenges."""
    return _kept(session, contracts)


def contract_of(kept: Sequence[Kept], contract_id: uuid.UUID) -> Kept:
    """Give one of the contracts of a challenge.

    Raises:
        NotFound: there is none with this identifier.
    """
    for each in kept:
        if each.contract.id == contract_id:
            return each
    raise NotFound(_NO_CONTRACT)


def change_of(kept: Sequence[Kept], number: int) -> tuple[Kept, ContractChange]:
    """Give one change, with the contract that it is of: they count on over all contracts.

    Raises:
        NotFound: there is none of this number.
    """
    for each in kept:
        for change in each.changes:
            if change.number == number:
                return each, change
    raise NotFound(N_("There is no change with this number."))


def offers(
    session: Session, stage: Stage, found: Decision, signed: Iterable[Contract]
) -> list[Offer]:
    """Give the contracts that may still be recorded of a judged stage, the best bid first.

    `signed` are the contracts of the challenge so far.
    """
    if found.rest_end is not None:
        return []
    if found.intentions:
        return of_award(stage, found, signed)
    advance = confirmed(session, stage.id)
    went_on = [(bid, None, advance.id) for bid in advance.bids] if advance else []
    return list(_open(stage, went_on, signed))


def of_award(stage: Stage, found: Decision, signed: Iterable[Contract]) -> list[Offer]:
    """Give the contracts that an announced award has beside those that are signed; also once they
    have ended without award."""
    chosen = [(each.bid, each.recommendation_id, None) for each in found.intentions]
    return list(_open(stage, chosen, signed))


def bids_of(offered: Iterable[Offer]) -> list[str]:
    """Give the bids of such contracts by their references, each once."""
    return list(dict.fromkeys(each.bid.reference for each in offered))


def unsigned(
    session: Session, challenge: Challenge, signed: Sequence[Contract]
) -> list[tuple[Stage, list[Offer]]]:
    """Give for each judged stage the contracts that may still be recorded of it, where any may."""
    of_stage: dict[uuid.UUID, list[Chosen]] = defaultdict(list)
    stages = [each.id for each in challenge.stages]
    for intention in session.scalars(
        select(Intention)
        .join(
            RecommendedBid,
            and_(
                RecommendedBid.recommendation_id == Intention.recommendation_id,
                RecommendedBid.bid_id == Intention.bid_id,
            ),
        )
        .where(Intention.stage_id.in_(stages), intention_stands(), rest_is_open())
        .options(joinedload(Intention.bid).joinedload(Bid.supplier))
        .order_by(RecommendedBid.place)
    ):
        of_stage[intention.stage_id].append((intention.bid, intention.recommendation_id, None))
    for going_on in session.scalars(
        select(AdvancingBid)
        .join(AdvanceAnswer, AdvanceAnswer.advance_id == AdvancingBid.advance_id)
        .where(AdvancingBid.stage_id.in_(stages), AdvanceAnswer.confirmed, stands_still())
        .options(joinedload(AdvancingBid.bid).joinedload(Bid.supplier))
        .order_by(AdvancingBid.place)
    ):
        of_stage[going_on.stage_id].append((going_on.bid, None, going_on.advance_id))
    found = []
    for stage in challenge.stages:
        if open_ones := list(_open(stage, of_stage[stage.id], signed)):
            found.append((stage, open_ones))
    return found


# A bid, and the recommendation or the list of those who go on by which it was chosen.
Chosen = tuple[Bid, uuid.UUID | None, uuid.UUID | None]


def _open(stage: Stage, chosen: Sequence[Chosen], signed: Iterable[Contract]) -> Iterator[Offer]:
    """Give what is not signed yet with those who were chosen in a stage."""
    done = {(each.bid_id, each.work_stage_id) for each in signed if not each.later_purchase}
    with_any = {bid_id for bid_id, _work in done}
    there_are = work_stages(stage.challenge, stage)
    for bid, recommendation_id, advance_id in chosen:
        works: list[Stage | None] = [*there_are]
        # Whoever is only let go on has a contract where there is work before the next judging.
        if not there_are and recommendation_id:
            works = [None]
        for work in works:
            # One that was recorded before stages of work were told of is for all of them.
            if (bid.id, work.id if work else None) not in done and (bid.id, None) not in done:
                yield Offer(bid, work, False, recommendation_id, advance_id)
        if recommendation_id and bid.id in with_any and may_buy_later(stage.challenge):
            yield Offer(bid, None, True, recommendation_id)


def _kept(session: Session, contracts: Sequence[Contract]) -> list[Kept]:
    if not contracts:
        return []
    ids = [each.id for each in contracts]
    changes: dict[uuid.UUID, list[ContractChange]] = defaultdict(list)
    for change in session.scalars(
        select(ContractChange)
        .where(ContractChange.contract_id.in_(ids))
        .options(
            joinedload(ContractChange.supplier),
            joinedload(ContractChange.described_by),
            joinedload(ContractChange.answer).joinedload(ContractChangeAnswer.decided_by),
        )
        .order_by(ContractChange.number)
    ):
        changes[change.contract_id].append(change)
    details: dict[uuid.UUID, list[ContractDetail]] = defaultdict(list)
    for detail in session.scalars(
        select(ContractDetail)
        .where(ContractDetail.contract_id.in_(ids))
        .options(joinedload(ContractDetail.recorded_by))
        .order_by(ContractDetail.recorded_at, ContractDetail.id)
    ):
        details[detail.contract_id].append(detail)
    orders = orders_of(session, ids)
    places = _places(session, contracts)
    first: set[uuid.UUID] = set()
    found = []
    for number, each in enumerate(contracts, start=1):
        place = places[(each.recommendation_id or each.advance_id, each.bid_id)]
        found.append(
            Kept(
                each,
                changes[each.id],
                details[each.id],
                place,
                notice=notice_number(
                    advanced=each.advance_id is not None,
                    place=place,
                    number=number,
                    again=each.bid_id in first,
                ),
                orders=orders.get(each.id, ()),
            )
        )
        first.add(each.bid_id)
    return found


def _places(
    session: Session, contracts: Sequence[Contract]
) -> dict[tuple[uuid.UUID | None, uuid.UUID], int]:
    bids = [each.bid_id for each in contracts]
    recommended = select(
        RecommendedBid.recommendation_id, RecommendedBid.bid_id, RecommendedBid.place
    ).where(RecommendedBid.bid_id.in_(bids))
    advancing = select(AdvancingBid.advance_id, AdvancingBid.bid_id, AdvancingBid.place).where(
        AdvancingBid.bid_id.in_(bids)
    )
    return {
        (by, bid): place for by, bid, place in session.execute(recommended.union_all(advancing))
    }


def notice_number(*, advanced: bool, place: int, number: int, again: bool) -> int | None:
    """Give the number of a contract's award notice; `number` counts a challenge's contracts by
    their signing, and `again` tells that there is one with this winner.

    The first with each winner has the winner's place, which its notice has before the signing
    already. Further ones have numbers that no place has. What is paid for between two judged
    stages is part of a procedure whose award is still to come: it has no notice of its own.
    """
    if advanced:
        return None
    return FURTHER + number if again else place


# Above the places of all who can win together.
FURTHER = 1_000

"""Reads what courts ordered about contracts, one by one and for statements about many."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased, joinedload

from challenges.models import Stage
from scoring.award.contracts.ordered.lifecycle import OrderKind
from scoring.award.contracts.ordered.models import CourtOrder, CourtOrderAnswer
from scoring.award.models import Contract


def orders_of(
    session: Session, contracts: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[CourtOrder]]:
    """Give what courts ordered about these contracts, by contract, the first recorded first."""
    found: dict[uuid.UUID, list[CourtOrder]] = defaultdict(list)
    for order in session.scalars(
        select(CourtOrder)
        .where(CourtOrder.contract_id.in_(contracts))
        .options(
            joinedload(CourtOrder.recorded_by),
            joinedload(CourtOrder.answer).joinedload(CourtOrderAnswer.answered_by),
        )
        .order_by(CourtOrder.number)
        .execution_options(populate_existing=True)
    ):
        found[order.contract_id].append(order)
    return found


def _confirmed() -> ColumnElement[bool]:
    return exists().where(CourtOrderAnswer.order_id == CourtOrder.id, CourtOrderAnswer.confirmed)


def is_ineffective() -> ColumnElement[bool]:
    """Give the condition that a court declared a contract ineffective, for a statement that reads
    contracts."""
    return exists().where(
        CourtOrder.contract_id == Contract.id,
        CourtOrder.kind == OrderKind.INEFFECTIVE,
        _confirmed(),
    )


def day_ordered() -> ColumnElement[Any]:
    """Give the last day of a contract by the orders that hold; null where it has none by them."""
    day = case(
        (CourtOrder.kind == OrderKind.INEFFECTIVE, CourtOrder.made_on), else_=CourtOrder.ends_on
    )
    return (
        select(day)
        .where(CourtOrder.contract_id == Contract.id, day.is_not(None), _confirmed())
        .order_by(day)
        .limit(1)
        .correlate(Contract)
        .scalar_subquery()
    )


def waits_for(
    challenge_id: InstrumentedAttribute[uuid.UUID], user_id: uuid.UUID
) -> ColumnElement[bool]:
    """Give the condition that an order of a challenge which another person recorded waits for a
    second one, for a statement about many challenges."""
    of_contract = aliased(Stage)
    return exists().where(
        CourtOrder.contract_id == Contract.id,
        Contract.stage_id == of_contract.id,
        of_contract.challenge_id == challenge_id,
        CourtOrder.recorded_by_id != user_id,
        ~exists().where(CourtOrderAnswer.order_id == CourtOrder.id),
    )

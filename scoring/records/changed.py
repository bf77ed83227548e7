"""What contracts are after the changes of theirs that hold, for statements about many of them."""

from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from bids.models import Bid
from scoring.award.contracts.models import ContractChange, ContractChangeAnswer
from scoring.award.contracts.ordered.queries import day_ordered
from scoring.award.models import Contract


def _holds() -> ColumnElement[bool]:
    """Tell whether a change holds: nobody has to confirm it, or somebody has."""
    confirmed = (
        select(ContractChangeAnswer.change_id)
        .where(ContractChangeAnswer.change_id == ContractChange.id, ContractChangeAnswer.confirmed)
        .exists()
    )
    return or_(~ContractChange.awaits, confirmed)


def _last(column: Any) -> ColumnElement[Any]:
    """Give what the last change that holds, and says anything of it, made of a contract."""
    return (
        select(column)
        .where(
            ContractChange.contract_id == Contract.id,
            column.is_not(None),
            _holds(),
        )
        .order_by(ContractChange.number.desc())
        .limit(1)
        .correlate(Contract)
        .scalar_subquery()
    )


def value_now() -> ColumnElement[int]:
    """Give what a contract is worth now, in minor units without VAT."""
    return func.coalesce(_last(ContractChange.value_after_minor), Contract.value_minor)


def ends_on_now() -> ColumnElement[Any]:
    """Give the last day of a contract as it was extended, or as a court ordered it where that is
    earlier; null where it has none."""
    agreed, ordered = func.coalesce(_last(ContractChange.ends_on), Contract.ends_on), day_ordered()
    return case(
        (and_(ordered.is_not(None), or_(agreed.is_(None), ordered < agreed)), ordered),
        else_=agreed,
    )


def extensions_used() -> ColumnElement[int]:
    """Count the options to extend a contract that were used up."""
    return (
        select(func.count())
        .select_from(ContractChange)
        .where(ContractChange.contract_id == Contract.id, ContractChange.uses_option, _holds())
        .correlate(Contract)
        .scalar_subquery()
    )


def supplier_now() -> ColumnElement[Any]:
    """Give the identifier of the supplier of a contract now; its statement joins the bid."""
    return func.coalesce(_last(ContractChange.supplier_id), Bid.supplier_id)

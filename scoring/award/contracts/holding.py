"""Which changes of contracts hold, for statements that read them without their contracts."""

from sqlalchemy import ColumnElement, exists, not_, or_

from scoring.award.contracts.models import ContractChange, ContractChangeAnswer


def change_holds(change: type[ContractChange] = ContractChange) -> ColumnElement[bool]:
    """Give the condition that a change holds: it waited for nobody, or another person confirmed it.

    `change` is the table as the statement names it.
    """
    return or_(
        not_(change.awaits),
        exists().where(ContractChangeAnswer.change_id == change.id, ContractChangeAnswer.confirmed),
    )

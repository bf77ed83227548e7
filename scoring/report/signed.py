"""Makes the facts of signed contracts: what was changed of them, and what courts ordered."""

from datetime import date

from flask_babel import gettext as _

from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS, last_day
from scoring.award.contracts.ordered.models import CourtOrder
from scoring.award.contracts.queries import Kept
from scoring.report import decided, values
from scoring.report.gathered import Gathered


def contract_of(kept: Kept, found: Gathered, *, several: bool) -> decided.Contract:
    """Make the facts of a signed contract; of several it is said with whose supplier it is."""
    contract, currency = kept.contract, found.challenge.currency
    return decided.Contract(
        contract.reference,
        values.Money(contract.value_minor, currency),
        contract.signed_at,
        contract.bid.reference if several else "",
        work=contract.work_stage.name if contract.work_stage else "",
        starts_on=contract.starts_on.isoformat() if contract.starts_on else "",
        ends_on=contract.ends_on.isoformat() if contract.ends_on else "",
        ends_when=contract.ends_when or "",
        changes=tuple(
            decided.ContractChange(
                number=change.number,
                at=change.answer.decided_at if change.answer else change.described_at,
                what=change.what,
                why=change.why,
                value=values.Money(change.value_after_minor, currency),
                ends_on=change.ends_on.isoformat() if change.ends_on else "",
                supplier=change.supplier.name if change.supplier else "",
            )
            for change in kept.holding
        ),
        orders=tuple(
            decided.CourtOrder(
                what=_(ORDER_WORDS[order.kind]),
                court=order.court,
                reference=order.reference,
                made_on=order.made_on.isoformat(),
                says=order.says,
                recorded_at=order.answer.answered_at if order.answer else order.recorded_at,
                ends_on=day.isoformat() if (day := _last_day(order)) else "",
                penalty=values.Money(order.penalty_minor, currency)
                if order.penalty_minor
                else None,
            )
            for order in kept.ordered
        ),
    )


def _last_day(order: CourtOrder) -> date | None:
    return last_day(order.kind, order.made_on, order.ends_on)

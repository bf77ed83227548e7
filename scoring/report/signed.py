"""Makes the facts of what followed a decision: contracts and what came of them, complaints."""

from datetime import date

from flask_babel import gettext as _

from challenges.models import Stage
from scoring.award.complaints.models import AwardComplaint
from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS, last_day
from scoring.award.contracts.ordered.models import CourtOrder
from scoring.award.contracts.queries import Kept, bids_of, of_award
from scoring.award.queries import Decision
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


def rest_of(stage: Stage, decision: Decision) -> decided.RestEnded | None:
    """Make the fact that what was not signed ended without award; None where it did not."""
    rest = decision.rest_end
    if rest is None:
        return None
    return decided.RestEnded(
        bids=tuple(bids_of(of_award(stage, decision, decision.contracts))),
        ended_at=rest.ended_at,
        why=rest.reason,
    )


def complaint_of(complaint: AwardComplaint) -> decided.Complaint:
    """Make the fact of a complaint about the decision, with what became of it."""
    proposal, back = complaint.decided, complaint.withdrawal
    outcome = values.ComplaintOutcome.OPEN
    if back is not None:
        outcome = values.ComplaintOutcome.WITHDRAWN
    elif proposal is not None:
        outcome = values.ComplaintOutcome(proposal.finding.value)
    answered_at = proposal.answer.answered_at if proposal and proposal.answer else None
    return decided.Complaint(
        number=complaint.number,
        bid=complaint.bid.reference,
        arrived_at=complaint.arrived_at,
        in_time=complaint.in_time,
        outcome=outcome,
        decided_at=back.withdrawn_at if back else answered_at,
        reason=proposal.reason if proposal and not back else "",
    )

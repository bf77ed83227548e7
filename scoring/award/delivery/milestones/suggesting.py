"""Suggests the first plan of a contract's milestones, from the bid, the stage of work and what is
usual."""

from datetime import date

from sqlalchemy.orm import Session

from bids.opened import opened_bids
from challenges.stages.kinds import Payment
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.milestones.lifecycle import Written, due_days, evenly
from scoring.award.delivery.queries import Work
from scoring.award.delivery.usual import usual


def written_of(work: Work) -> list[Written]:
    """Give the milestones of the plan that holds, as they are written."""
    return [
        Written(
            title=each.terms.title,
            deliverable=each.terms.deliverable,
            accepted_when=each.terms.accepted_when,
            due_on=each.terms.due_on,
            payment_minor=each.terms.payment_minor,
            number=each.number,
        )
        for each in work.milestones
    ]


def suggested(session: Session, agreement: Agreement) -> list[Written]:
    """Suggest milestones: those with a price of their own in the bid, else the usual ones.

    The usual ones share the contract's value; prices of a bid are taken as they are. Days are
    spread over the time of the contract, where that is known.
    """
    priced = _priced(session, agreement)
    if priced:
        names, payments = [name for name, _ in priced], [amount for _, amount in priced]
    else:
        names = _names(agreement)
        payments = list(evenly(agreement.value_minor, len(names)))
    days = _days(agreement.contract.starts_on, agreement.ends_on, len(names))
    return [
        Written(name, "", "", day, payment)
        for name, day, payment in zip(names, days, payments, strict=True)
    ]


def _priced(session: Session, agreement: Agreement) -> list[tuple[str, int]]:
    """Give the milestones of the bid with their prices, where it was asked for any.

    Only a contract of the award is for what the bid prices.
    """
    if agreement.before_decision:
        return []
    contract = agreement.contract
    for bid in opened_bids(session, contract.stage_id):
        if bid.bid_id == contract.bid_id:
            return [(each.name, each.amount_minor or 0) for each in bid.milestones]
    return []


def _names(agreement: Agreement) -> list[str]:
    work = agreement.work
    found = usual().get(work.kind) if work else None
    if found is None or (work and work.payment is Payment.FIXED and not agreement.gated):
        return [work.name if work else agreement.reference]
    return list(found.milestones)


def _days(starts_on: date | None, ends_on: date | None, count: int) -> list[date | None]:
    if starts_on is None or ends_on is None:
        return [None] * count
    return list(due_days(starts_on, ends_on, count))

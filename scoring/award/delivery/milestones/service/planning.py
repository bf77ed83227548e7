"""Writes what the milestones of a contract are, and changes them."""

import uuid
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.texts import refuse_all, text_faults
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.money import money
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.delivery import agreements, letters, log_words, policy, queries, running
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.milestones.lifecycle import (
    MILESTONES_MOST,
    TEXT_MOST,
    Written,
    row_faults,
    sum_fault,
)
from scoring.award.delivery.milestones.models import (
    Milestone,
    MilestonePlan,
    MilestoneTerms,
)
from scoring.award.delivery.milestones.suggesting import written_of
from scoring.award.delivery.queries import Work


def plan(
    reference: str,
    contract_id: uuid.UUID,
    rows: Sequence[Written],
    *,
    reason: str = "",
    seen: int = 0,
    actor: Actor,
    clock: Clock,
) -> None:
    """Write the milestones of a contract, or change them; `seen` is the version that was read.

    A milestone that is accepted stays as it is. All payments come to the contract's value.

    Raises:
        NotFound: the contract is another body's.
        Forbidden, WrongMoment: by `policy.can_plan`.
        StaleEdit: somebody else changed them since.
        Invalid: something is missing, the payments do not come to the contract's value, or a
            change has no reason.
    """
    with transaction(taken=_stale()) as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        challenge = agreement.challenge
        ensure(
            policy.can_plan(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.closed(clock.now()),
            )
        )
        version = work.plan.version if work.plan else 0
        if version != seen:
            raise _stale()
        reason = reason.strip()
        _refuse_rows(rows, work, agreement, reason)
        rows = [each for each in rows if not each.empty]
        made = MilestonePlan(
            contract_id=agreement.id,
            version=version + 1,
            value_minor=agreement.value_minor,
            reason=reason,
            made_by_id=actor.user_id,
            made_at=clock.now(),
        )
        session.add(made)
        session.flush()
        _write_terms(session, made, rows, work)
        log.append(
            session,
            clock=clock,
            action=log_words.CHANGED if version else log_words.PLANNED,
            chain=challenge.reference,
            actor=actor,
            contract=agreement.reference,
            version=made.version,
            count=len(rows),
            reason=reason,
        )
        letters.to_supplier(
            session,
            agreement,
            _("The milestones of your contract changed") if version else _("Your milestones"),
            [
                _(
                    "The milestones of contract %(contract)s are there to read.",
                    contract=agreement.reference,
                ),
                *([_("Why they changed: %(reason)s", reason=reason)] if version else []),
            ],
            clock,
        )
        if agreement.contract.starts_on is None and not agreement.before_decision:
            # Recorded before contracts said when they start.
            running.begin(session, challenge, actor, clock)


def _refuse_rows(rows: Sequence[Written], work: Work, agreement: Agreement, reason: str) -> None:
    settled: Mapping[int, Written] = {
        each.number: each
        for each, reached in zip(written_of(work), work.milestones, strict=True)
        if reached.done and each.number is not None
    }
    if len(rows) > MILESTONES_MOST:
        raise Invalid(N_("A contract has at most 20 milestones."))
    wrong = row_faults(rows, starts_on=agreement.contract.starts_on, settled=settled)
    if work.plan is not None:
        wrong |= text_faults(reason, "reason", N_("Say why the milestones change"), TEXT_MOST)
    refuse_all(wrong)
    fault = sum_fault([each.payment_minor or 0 for each in rows], agreement.value_minor)
    if fault is not None:
        message, difference = fault
        last = max(at for at, each in enumerate(rows) if not each.empty)
        currency = agreement.challenge.currency
        raise Invalid(
            message,
            {f"payment_{last}": message},
            sum=money(sum(each.payment_minor or 0 for each in rows), currency),
            difference=money(difference, currency),
            value=money(agreement.value_minor, currency),
        )


def _write_terms(
    session: Session, made: MilestonePlan, rows: Sequence[Written], work: Work
) -> None:
    """Write what each milestone is; whoever was there before keeps its number."""
    known = {each.number: each.terms.milestone_id for each in work.milestones}
    next_number = _highest(session, made.contract_id) + 1
    for place, row in enumerate(rows, start=1):
        milestone_id = known.pop(row.number, None) if row.number is not None else None
        if milestone_id is None:
            added = Milestone(contract_id=made.contract_id, number=next_number)
            session.add(added)
            session.flush()
            milestone_id, next_number = added.id, next_number + 1
        session.add(
            MilestoneTerms(
                plan_id=made.id,
                milestone_id=milestone_id,
                contract_id=made.contract_id,
                place=place,
                title=row.title,
                deliverable=row.deliverable,
                accepted_when=row.accepted_when,
                due_on=row.due_on,
                payment_minor=row.payment_minor,
            )
        )
    session.flush()


def _highest(session: Session, contract_id: uuid.UUID) -> int:
    return (
        session.scalar(
            select(func.max(Milestone.number)).where(Milestone.contract_id == contract_id)
        )
        or 0
    )


def _stale() -> StaleEdit:
    return StaleEdit(
        N_("Somebody else changed these milestones meanwhile. Look at them, then save yours.")
    )

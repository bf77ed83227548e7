"""Reads how far the work under contracts has come, in as many statements for many as for one."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.models import Challenge
from marketplace.core.dates import PLACE
from scoring.award.contracts import floors
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.gates.lifecycle import Decision
from scoring.award.delivery.gates.models import Gate, GateAnswer
from scoring.award.delivery.milestones.lifecycle import (
    DONE,
    Standing,
    is_late,
    standing,
)
from scoring.award.delivery.milestones.models import (
    Milestone,
    MilestoneAnswer,
    MilestonePayment,
    MilestonePlan,
    MilestoneReport,
    MilestoneTerms,
)
from scoring.award.delivery.models import WorkEnd, WorkFinish


@dataclass(frozen=True)
class Reached:
    """A milestone by the plan that holds, with all that was reported, answered and paid of it."""

    terms: MilestoneTerms
    reports: Sequence[MilestoneReport]
    payment: MilestonePayment | None

    @property
    def number(self) -> int:
        """Give its number within its contract."""
        return self.terms.milestone.number

    @property
    def newest(self) -> MilestoneReport | None:
        """Give the newest report."""
        return self.reports[-1] if self.reports else None

    @property
    def answer(self) -> MilestoneAnswer | None:
        """Give the answer to the newest report."""
        return self.newest.answer if self.newest else None

    @property
    def standing(self) -> Standing:
        """Give how far it has come."""
        return standing(
            reported=bool(self.reports),
            accepted=self.answer.accepted if self.answer else None,
            paid=self.payment is not None,
        )

    @property
    def done(self) -> bool:
        """Tell whether it is accepted."""
        return self.standing in DONE

    def late(self, now: datetime) -> bool:
        """Tell whether its day is over and it was not delivered."""
        return is_late(self.standing, self.terms.due_on, now.astimezone(PLACE).date())


@dataclass(frozen=True)
class Work:
    """How far the work under one contract has come."""

    agreement: Agreement
    plans: Sequence[MilestonePlan] = ()
    milestones: Sequence[Reached] = ()
    gates: Sequence[Gate] = field(default=())
    end: WorkEnd | None = None

    @property
    def ended(self) -> bool:
        """Tell whether the work has ended."""
        return self.end is not None

    def closed(self, now: datetime) -> bool:
        """Tell whether nothing more is planned or delivered: the work has ended, or a court’s order
        brought its contract to an end."""
        return self.ended or self.agreement.kept.over(now)

    @property
    def unanswerable(self) -> bool:
        """Tell whether no report is answered any more: the work has ended, or its contract is
        ineffective. What was delivered by the last day of a shorter one still is."""
        return self.ended or self.ineffective

    def running(self, now: datetime) -> bool:
        """Tell whether something is still delivered, or waits to be accepted."""
        return not self.closed(now) or bool(self.waiting and not self.unanswerable)

    @property
    def ineffective(self) -> bool:
        """Tell whether a court declared its contract ineffective, or set it aside."""
        return self.agreement.kept.ineffective

    @property
    def plan(self) -> MilestonePlan | None:
        """Give the plan of milestones that holds."""
        return self.plans[-1] if self.plans else None

    @property
    def open_count(self) -> int:
        """Count the milestones that are not accepted."""
        return sum(not each.done for each in self.milestones)

    def left_count(self, now: datetime) -> int:
        """Count the milestones that can still be accepted: once a court’s order brought its
        contract to an end, those that are reported."""
        return len(self.waiting) if self.closed(now) else self.open_count

    @property
    def waiting(self) -> list[Reached]:
        """Give the milestones that wait to be accepted."""
        return [each for each in self.milestones if each.standing is Standing.REPORTED]

    @property
    def unpaid(self) -> list[Reached]:
        """Give the milestones that are accepted and for which something is to be paid."""
        return [
            each
            for each in self.milestones
            if each.standing is Standing.ACCEPTED and each.answer and each.answer.payment_minor
        ]

    @property
    def accepted_minor(self) -> int:
        """Add up what was accepted for payment."""
        return sum(
            each.answer.payment_minor or 0 for each in self.milestones if each.done and each.answer
        )

    @property
    def paid_minor(self) -> int:
        """Add up what was paid."""
        return sum(each.payment.amount_minor for each in self.milestones if each.payment)

    def out_of_step(self, now: datetime) -> bool:
        """Tell whether the contract's value was changed and the milestones, which still can be,
        were not."""
        return (
            self.plan is not None
            and not self.closed(now)
            and self.plan.value_minor != self.agreement.value_minor
        )

    @property
    def gate(self) -> Gate | None:
        """Give the newest proposal for its gate."""
        return self.gates[-1] if self.gates else None

    @property
    def gate_awaits(self) -> bool:
        """Tell whether a proposal for its gate waits for an approver."""
        return self.gate is not None and self.gate.answer is None

    @property
    def passed(self) -> bool:
        """Tell whether it was confirmed at its gate that the work goes on."""
        gate = self.gate
        return (
            gate is not None
            and gate.decision is Decision.GOES_ON
            and gate.answer is not None
            and gate.answer.confirmed
        )

    def milestone(self, number: int) -> Reached | None:
        """Give a milestone by its number."""
        return next((each for each in self.milestones if each.number == number), None)


def works(session: Session, agreements: Sequence[Agreement]) -> list[Work]:
    """Read how far the work under these contracts has come, in their order."""
    ids = [each.id for each in agreements]
    if not ids:
        return []
    plans: dict[uuid.UUID, list[MilestonePlan]] = defaultdict(list)
    for plan in session.scalars(
        select(MilestonePlan)
        .where(MilestonePlan.contract_id.in_(ids))
        .options(selectinload(MilestonePlan.terms), joinedload(MilestonePlan.made_by))
        .order_by(MilestonePlan.version)
        .execution_options(populate_existing=True)
    ):
        plans[plan.contract_id].append(plan)
    reports, payments = _reports(session, ids), _payments(session, ids)
    gates: dict[uuid.UUID, list[Gate]] = defaultdict(list)
    for gate in session.scalars(
        select(Gate)
        .where(Gate.contract_id.in_(ids))
        .options(
            selectinload(Gate.findings),
            joinedload(Gate.proposed_by),
            joinedload(Gate.answer).joinedload(GateAnswer.decided_by),
        )
        .order_by(Gate.proposed_at, Gate.id)
        .execution_options(populate_existing=True)
    ):
        gates[gate.contract_id].append(gate)
    ends = {
        end.contract_id: end
        for end in session.scalars(
            select(WorkEnd)
            .where(WorkEnd.contract_id.in_(ids))
            .options(joinedload(WorkEnd.recorded_by))
        )
    }
    return [
        Work(
            agreement=each,
            plans=plans[each.id],
            milestones=[
                Reached(terms, reports[terms.milestone_id], payments.get(terms.milestone_id))
                for terms in (plans[each.id][-1].terms if plans[each.id] else ())
            ],
            gates=gates[each.id],
            end=ends.get(each.id),
        )
        for each in agreements
    ]


def work_of(session: Session, agreement: Agreement) -> Work:
    """Read how far the work under one contract has come."""
    return works(session, [agreement])[0]


def finish_of(session: Session, challenge: Challenge) -> WorkFinish | None:
    """Give when all work of a challenge was finished; None before."""
    return session.get(WorkFinish, challenge.id)


def _reports(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[MilestoneReport]]:
    found: dict[uuid.UUID, list[MilestoneReport]] = defaultdict(list)
    for report in session.scalars(
        select(MilestoneReport)
        .join(Milestone, Milestone.id == MilestoneReport.milestone_id)
        .where(Milestone.contract_id.in_(ids))
        .options(
            selectinload(MilestoneReport.files),
            joinedload(MilestoneReport.reported_by),
            joinedload(MilestoneReport.answer).joinedload(MilestoneAnswer.decided_by),
        )
        .order_by(MilestoneReport.number)
        .execution_options(populate_existing=True)
    ):
        found[report.milestone_id].append(report)
    return found


def _payments(session: Session, ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, MilestonePayment]:
    return {
        each.milestone_id: each
        for each in session.scalars(
            select(MilestonePayment)
            .join(Milestone, Milestone.id == MilestonePayment.milestone_id)
            .where(Milestone.contract_id.in_(ids))
            .options(joinedload(MilestonePayment.recorded_by))
        )
    }


def day_of(now: datetime) -> date:
    """Give the day in Europe/London."""
    return now.astimezone(PLACE).date()


def accepted_of(session: Session, contract_id: uuid.UUID) -> int:
    """Add up what was accepted for payment under a contract; no more than that is paid."""
    return (
        session.scalar(
            select(func.sum(MilestoneAnswer.payment_minor))
            .join(Milestone, Milestone.id == MilestoneAnswer.milestone_id)
            .where(Milestone.contract_id == contract_id, MilestoneAnswer.accepted)
        )
        or 0
    )


floors.register("scoring.award.delivery", accepted_of)

"""Proposes what follows from a gate, and confirms or returns it: by two people."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.inviting import taking_back
from challenges.models import Stage
from challenges.texts import refuse_all
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import ALLOWED, Actor, Answer, ensure, wrong_moment
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.contracts.ordered.queries import is_ineffective
from scoring.award.delivery import agreements, letters, log_words, queries, running
from scoring.award.delivery.gates import policy
from scoring.award.delivery.gates.lifecycle import CRITERIA_MOST, Decision, Found, faults
from scoring.award.delivery.gates.models import Gate, GateAnswer, GateFinding
from scoring.award.delivery.lifecycle import Outcome, has_gate
from scoring.award.delivery.models import WorkEnd
from scoring.award.models import Contract


def propose(
    reference: str,
    contract_id: uuid.UUID,
    found: Sequence[Found],
    *,
    decision: Decision | None,
    reason: str,
    lessons: str = "",
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Say what was found at the gate of a contract and propose what follows; give its id.

    Raises:
        NotFound: the contract is another body's.
        Forbidden, WrongMoment: by `policy.can_propose`.
        Invalid: something is missing or too long.
    """
    found = found[:CRITERIA_MOST]
    with transaction() as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        challenge = agreement.challenge
        ensure(
            policy.can_propose(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                gated=agreement.gated,
                ended=work.ended or work.ineffective,
                awaits=work.gate_awaits,
                waiting_reports=len(work.waiting),
            )
        )
        reason, lessons = reason.strip(), lessons.strip()
        refuse_all(faults(found, decision, reason, lessons))
        assert decision is not None  # refused before
        gate = Gate(
            contract_id=agreement.id,
            decision=decision,
            reason=reason,
            lessons=lessons,
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        session.add(gate)
        session.flush()
        session.add_all(
            GateFinding(
                gate_id=gate.id,
                place=place,
                criterion=each.criterion,
                finding=each.finding,
                words=each.words,
            )
            for place, each in enumerate((e for e in found if not e.empty), start=1)
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.GATE_PROPOSED,
            chain=challenge.reference,
            actor=actor,
            contract=agreement.reference,
            decision=decision.value,
            reason=reason,
        )
        letters.to_approvers(
            session,
            agreement,
            _("Confirm what follows from a gate"),
            [
                _(
                    "%(name)s held the gate of contract %(contract)s and proposes what follows.",
                    name=actor.name,
                    contract=agreement.reference,
                )
            ],
            actor,
            clock,
        )
        return gate.id


def answer(
    reference: str,
    contract_id: uuid.UUID,
    *,
    gate_id: uuid.UUID,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm a proposal, which ends the work under the contract, or return it.

    `gate_id` is the one the person saw: if it is no longer the latest, nothing happens.

    Raises:
        NotFound: the contract is another body's, or the proposal is not its latest.
        Forbidden, WrongMoment: by `policy.can_answer`.
        Invalid: the reason is empty.
    """
    # Two approvers at once: the key of the answer admits one.
    with transaction(taken=WrongMoment(N_("This proposal has been answered already."))) as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        challenge, gate = agreement.challenge, work.gate
        if gate is not None and gate.id != gate_id:
            raise NotFound(N_("There is no such proposal."))
        ensure(
            policy.can_answer(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.ended or work.ineffective,
                proposed_by_id=gate.proposed_by_id if gate else None,
                answered=gate is not None and gate.answer is not None,
            )
        )
        assert gate is not None  # the policy has said so
        reason = reason.strip()
        if not reason:
            missing = N_("Give the reason for your decision")
            raise Invalid(missing, {"reason": missing})
        session.add(
            GateAnswer(
                gate_id=gate.id,
                contract_id=agreement.id,
                proposed_by_id=gate.proposed_by_id,
                confirmed=confirmed,
                reason=reason,
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.GATE_CONFIRMED if confirmed else log_words.GATE_RETURNED,
            chain=challenge.reference,
            actor=actor,
            contract=agreement.reference,
            decision=gate.decision.value,
            reason=reason,
        )
        if confirmed:
            running.begin(session, challenge, actor, clock)
            stops = gate.decision is Decision.STOPS
            running.end(
                session,
                agreement,
                Outcome.STOPPED if stops else Outcome.WENT_ON,
                gate.lessons if stops else gate.reason,
                actor,
                clock,
                gate_id=gate.id,
            )


def gates_come_first(session: Session, stage: Stage) -> Answer:
    """Answer whether the gates of the work that lies before a judged stage are all decided."""
    works = [
        each.id
        for each in stage.challenge.stages
        if each.ordinal < stage.ordinal and has_gate(each.kind)
    ]
    undecided = session.scalar(
        select(Contract.id)
        .outerjoin(WorkEnd, WorkEnd.contract_id == Contract.id)
        .where(Contract.work_stage_id.in_(works), WorkEnd.contract_id.is_(None), ~is_ineffective())
        .limit(1)
    )
    if undecided is None:
        return ALLOWED
    return wrong_moment(
        N_(
            "Work before this stage is not through its gate yet. Hold the gate of each contract "
            "first: it decides who goes on."
        )
    )


taking_back.before_begin.append(gates_come_first)

"""Reports, accepts and pays a milestone."""

import uuid
from collections.abc import Sequence
from datetime import date

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.texts import refuse_all, text_faults
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound, WrongMoment
from marketplace.core.files import store as files
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.delivery import agreements, letters, log_words, policy, queries
from scoring.award.delivery.agreements import Agreement
from scoring.award.delivery.milestones.attached import Checked, discard, keep_all
from scoring.award.delivery.milestones.lifecycle import (
    TEXT_MOST,
    payment_fault,
)
from scoring.award.delivery.milestones.models import (
    MilestoneAnswer,
    MilestonePayment,
    MilestoneReport,
)
from scoring.award.delivery.queries import Reached, Work, day_of

REFERENCE_MOST = 80
NOTE_MOST = 2_000


class Party:
    """Who reports: the supplier itself, or the body for it where `reference` names a challenge."""

    def __init__(self, contract_id: uuid.UUID, reference: str | None = None) -> None:
        self.contract_id = contract_id
        self.reference = reference

    def load(self, session: Session, actor: Actor) -> Agreement:
        """Give the contract, and hold its challenge.

        Raises:
            NotFound: it is another's.
        """
        if self.reference is None:
            return agreements.as_supplier(session, self.contract_id, actor, lock=True)
        return agreements.own(session, self.reference, self.contract_id, actor, lock=True)


def report(
    agreement_of: Party,
    number: int,
    *,
    words: str,
    attached: Sequence[Checked] = (),
    actor: Actor,
    clock: Clock,
    store: files.FileStore,
) -> None:
    """Report a milestone as delivered, in the supplier's words and with its files.

    Raises:
        NotFound: the contract is with another supplier, or has no such milestone.
        Forbidden, WrongMoment: by `policy.can_report`.
        Invalid: there are no words, or too many.
        OSError: the disk is full or not writable.
    """
    kept = [store.write(each.content) for each in attached]
    try:
        with transaction(taken=_answered()) as session:
            agreement = agreement_of.load(session, actor)
            work = queries.work_of(session, agreement)
            reached = _reached(work, number)
            challenge = agreement.challenge
            ensure(
                policy.can_report(
                    actor,
                    buyer_id=challenge.buyer_id,
                    supplier_id=agreement.supplier.id,
                    state=challenge.state,
                    ended=work.closed(clock.now()),
                    standing=reached.standing,
                )
            )
            words = words.strip()
            missing = N_("Say what you delivered, and where it can be seen")
            refuse_all(text_faults(words, "words", missing, TEXT_MOST))
            row = MilestoneReport(
                milestone_id=reached.terms.milestone_id,
                number=len(reached.reports) + 1,
                words=words,
                for_supplier=agreement_of.reference is not None,
                reported_by_id=actor.user_id,
                reported_at=clock.now(),
            )
            session.add(row)
            session.flush()
            keep_all(session, store, row, attached, clock)
            log.append(
                session,
                clock=clock,
                action=log_words.REPORTED,
                chain=challenge.reference,
                actor=actor,
                contract=agreement.reference,
                number=number,
                report=row.number,
                files=kept,
            )
            letters.to_lead_and_officers(
                session,
                agreement,
                _("A milestone was delivered"),
                [
                    _(
                        "%(supplier)s reports milestone %(number)d, “%(milestone)s”, as delivered.",
                        supplier=agreement.supplier.name,
                        number=number,
                        milestone=reached.terms.title,
                    ),
                    _("The challenge lead accepts it, or sends it back."),
                ],
                actor,
                clock,
            )
    except BaseException:
        discard(store, kept)
        raise


def answer(
    reference: str,
    contract_id: uuid.UUID,
    number: int,
    *,
    report_number: int,
    accepted: bool,
    words: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Accept what was reported, with what was seen, or send it back with the reason.

    `report_number` is the report that the person read: of another one nothing is said.

    Raises:
        NotFound: the contract is another body's, or has no such milestone.
        Forbidden, WrongMoment: by `policy.can_accept`; or by `policy.in_time` and `policy.in_step`,
            to accept it.
        Invalid: there are no words, or too many.
    """
    with transaction(taken=_answered()) as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        reached = _reached(work, number)
        newest, challenge = reached.newest, agreement.challenge
        ensure(
            policy.can_accept(
                actor,
                buyer_id=challenge.buyer_id,
                state=challenge.state,
                ended=work.unanswerable,
                standing=reached.standing,
                reported_by_id=newest.reported_by_id if newest else None,
            )
        )
        assert newest is not None  # the policy has said so
        if accepted:
            ensure(policy.in_time(late=agreement.kept.over(newest.reported_at)))
            ensure(policy.in_step(out_of_step=work.out_of_step(clock.now())))
        if newest.number != report_number:
            raise _answered()
        words = words.strip()
        missing = (
            N_("Say what you saw, and how you know that it does what was agreed")
            if accepted
            else N_("Say what is missing, so that the supplier can put it right")
        )
        refuse_all(text_faults(words, "words", missing, TEXT_MOST))
        payment = reached.terms.payment_minor
        session.add(
            MilestoneAnswer(
                report_id=newest.id,
                milestone_id=newest.milestone_id,
                reported_by_id=newest.reported_by_id,
                accepted=accepted,
                payment_minor=payment if accepted else None,
                words=words,
                decided_by_id=actor.user_id,
                decided_at=clock.now(),
            )
        )
        session.flush()
        told: dict[str, object] = (
            {"title": reached.terms.title, "payment_minor": str(payment), "evidence": words}
            if accepted
            else {"reason": words}
        )
        log.append(
            session,
            clock=clock,
            action=log_words.ACCEPTED if accepted else log_words.RETURNED,
            chain=challenge.reference,
            actor=actor,
            contract=agreement.reference,
            number=number,
            **told,
        )
        letters.to_supplier(
            session,
            agreement,
            _("Milestone accepted") if accepted else _("Milestone sent back"),
            [
                _(
                    "Milestone %(number)d, “%(milestone)s”:",
                    number=number,
                    milestone=reached.terms.title,
                ),
                words,
            ],
            clock,
        )
        if accepted and payment:
            letters.to_lead_and_officers(
                session,
                agreement,
                _("A milestone can be paid"),
                [
                    _(
                        "Milestone %(number)d, “%(milestone)s”, is accepted. A procurement officer "
                        "records its payment.",
                        number=number,
                        milestone=reached.terms.title,
                    )
                ],
                actor,
                clock,
            )


def pay(
    reference: str,
    contract_id: uuid.UUID,
    number: int,
    *,
    amount_minor: int | None,
    paid_on: date | None,
    payment_reference: str,
    note: str = "",
    actor: Actor,
    clock: Clock,
) -> None:
    """Record that an accepted milestone was paid: once, and never more than was accepted.

    Raises:
        NotFound: the contract is another body's, or has no such milestone.
        Forbidden, WrongMoment: by `policy.can_pay` or `policy.in_step`.
        Invalid: an amount, day or reference is missing or cannot be.
    """
    paid = WrongMoment(N_("The payment for this milestone is recorded already."))
    with transaction(taken=paid) as session:
        agreement = agreements.own(session, reference, contract_id, actor, lock=True)
        work = queries.work_of(session, agreement)
        reached = _reached(work, number)
        accepted = reached.answer if reached.done else None
        accepted_minor = (accepted.payment_minor or 0) if accepted else 0
        ensure(
            policy.can_pay(
                actor,
                buyer_id=agreement.challenge.buyer_id,
                standing=reached.standing,
                accepted_by_id=accepted.decided_by_id if accepted else None,
                accepted_minor=accepted_minor,
                ineffective=work.ineffective,
            )
        )
        ensure(policy.in_step(out_of_step=work.out_of_step(clock.now())))
        assert accepted is not None  # the policy has said so
        note, payment_reference = note.strip(), payment_reference.strip()
        wrong = payment_fault(amount_minor, accepted_minor=accepted_minor, note=note)
        wrong |= _payment_faults(paid_on, accepted, payment_reference, note, clock)
        refuse_all(wrong)
        assert amount_minor is not None
        assert paid_on is not None
        session.add(
            MilestonePayment(
                milestone_id=reached.terms.milestone_id,
                report_id=accepted.report_id,
                accepted_minor=accepted_minor,
                accepted_by_id=accepted.decided_by_id,
                amount_minor=amount_minor,
                paid_on=paid_on,
                reference=payment_reference,
                note=note,
                recorded_by_id=actor.user_id,
                recorded_at=clock.now(),
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.PAID,
            chain=agreement.challenge.reference,
            actor=actor,
            contract=agreement.reference,
            number=number,
            amount_minor=str(amount_minor),
            paid_on=paid_on.isoformat(),
            reference=payment_reference,
            note=note,
        )
        letters.to_supplier(
            session,
            agreement,
            _("Payment recorded"),
            [
                _(
                    "Milestone %(number)d, “%(milestone)s”, was paid. Reference: %(reference)s",
                    number=number,
                    milestone=reached.terms.title,
                    reference=payment_reference,
                )
            ],
            clock,
        )


def _reached(work: Work, number: int) -> Reached:
    found = work.milestone(number)
    if found is None:
        raise NotFound(N_("There is no such milestone."))
    return found


def _payment_faults(
    paid_on: date | None, accepted: MilestoneAnswer, reference: str, note: str, clock: Clock
) -> dict[str, str]:
    wrong = text_faults(note, "note", "", NOTE_MOST) if note else {}
    if not reference:
        wrong["reference"] = N_("Enter the reference of the payment")
    elif len(reference) > REFERENCE_MOST:
        wrong["reference"] = N_("Use at most 80 characters")
    if paid_on is None:
        wrong["paid_on"] = N_("Enter the day on which it was paid")
    elif paid_on > day_of(clock.now()):
        wrong["paid_on"] = N_("Enter a day that is not in the future")
    elif paid_on < day_of(accepted.decided_at):
        wrong["paid_on"] = N_("Enter a day on or after the one on which it was accepted")
    return wrong


def _answered() -> WrongMoment:
    return WrongMoment(N_("Somebody else was quicker. Look at this milestone again."))

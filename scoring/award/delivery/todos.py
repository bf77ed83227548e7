"""Tells dashboards what waits under contracts: of suppliers, leads, officers and approvers."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core import todos
from marketplace.core.dates import PLACE, format_day, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.award.delivery import agreements, queries
from scoring.award.delivery.benefits.lifecycle import due
from scoring.award.delivery.benefits.models import BenefitReview
from scoring.award.delivery.following import further_work
from scoring.award.delivery.lifecycle import names_supplier
from scoring.award.delivery.milestones.lifecycle import Standing
from scoring.award.delivery.models import WorkFinish
from scoring.award.delivery.queries import Reached, Work, day_of

_DOERS = (Permission.DELIVERY_ACCEPT, Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE)


def work_to_do(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give what waits for these people under the contracts of their suppliers and bodies."""
    suppliers = {each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)}
    people = {each.organisation_id: each for each in actors if any(map(each.may, _DOERS))}
    if not suppliers and not people:
        return
    found = agreements.recent(session, bodies=sorted(people), suppliers=sorted(suppliers))
    works = queries.works(session, found)
    yield from _further_contracts(session, works, people)
    for work in works:
        if work.agreement.supplier.id in suppliers:
            yield from _of_supplier(work, now)
        if (actor := people.get(work.agreement.challenge.buyer_id)) is not None:
            yield from _of_body(work, actor, now)
    yield from _benefits(session, people, now)


todos.register("scoring.award.delivery", work_to_do)


def _of_supplier(work: Work, now: datetime) -> Iterator[Todo]:
    """Give the next milestone that the supplier has to report."""
    if work.closed(now):
        return
    ahead = [e for e in work.milestones if e.standing in (Standing.PLANNED, Standing.RETURNED)]
    if not ahead:
        return
    nearest = min(ahead, key=lambda each: (each.terms.due_on, each.number))
    back = nearest.standing is Standing.RETURNED
    yield Todo(
        work.agreement.supplier.id,
        Kind.DELIVERY,
        _("Put a milestone right: %(title)s", title=nearest.terms.title)
        if back
        else _("Deliver a milestone: %(title)s", title=nearest.terms.title),
        "own_delivery.show",
        {"contract_id": work.agreement.id},
        about=work.agreement.challenge.title,
        due=_end_of(nearest.terms.due_on),
        deadline=_when(nearest, now),
    )


def _of_body(work: Work, actor: Actor, now: datetime) -> Iterator[Todo]:
    if actor.may(Permission.CONTRACT_SIGN):
        yield from _of_officer(work, actor, now)
    if actor.may(Permission.DELIVERY_ACCEPT):
        yield from _of_lead(work, actor, now)
    gate = work.gate
    if (
        actor.may(Permission.AWARD_APPROVE)
        and gate is not None
        and work.gate_awaits
        and gate.proposed_by_id != actor.user_id
    ):
        yield _todo(work, _("Confirm what follows from a gate, or return it"), "gates.confirm")


def _of_officer(work: Work, actor: Actor, now: datetime) -> Iterator[Todo]:
    if work.ineffective:
        return
    if work.plan is None and not work.closed(now):
        yield _todo(work, _("Write the milestones of a contract"), "delivery.plan")
    elif work.out_of_step(now):
        yield _todo(work, _("Change the milestones: the contract’s value changed"), "delivery.plan")
    for reached in work.unpaid:
        if reached.answer is not None and reached.answer.decided_by_id != actor.user_id:
            yield _todo(
                work,
                _("Record a payment: %(title)s", title=reached.terms.title),
                "delivery.payment",
                number=reached.number,
            )


def _of_lead(work: Work, actor: Actor, now: datetime) -> Iterator[Todo]:
    if work.ineffective:
        return
    for reached in () if work.ended else work.waiting:
        if reached.newest is not None and reached.newest.reported_by_id != actor.user_id:
            yield _todo(
                work,
                _("Accept a milestone or send it back: %(title)s", title=reached.terms.title),
                "delivery.answer",
                number=reached.number,
            )
    if work.ended or work.plan is None or work.waiting:
        return
    over = work.agreement.ends_on is not None and day_of(now) > work.agreement.ends_on
    if work.agreement.gated and not work.gate_awaits and (over or not work.open_count):
        yield _todo(work, _("Hold the gate"), "gates.propose")
    elif not work.agreement.gated and not work.left_count(now):
        yield _todo(work, _("Say that the work is finished"), "delivery.finish")


def _further_contracts(
    session: Session, works: Sequence[Work], people: Mapping[uuid.UUID, Actor]
) -> Iterator[Todo]:
    """Give the contracts for the work that follows where a gate said that it goes on."""
    passed = [
        work
        for work in works
        if work.passed
        and (actor := people.get(work.agreement.challenge.buyer_id)) is not None
        and actor.may(Permission.CONTRACT_SIGN)
    ]
    following = further_work(session, [work.agreement.contract for work in passed])
    for work in passed:
        if (further := following.get(work.agreement.id)) is not None:
            yield Todo(
                work.agreement.challenge.buyer_id,
                Kind.DELIVERY,
                _("Record the contract for what follows: %(work)s", work=further.work),
                "award.contract",
                further.params,
                about=_about(work),
            )


def _benefits(session: Session, people: dict[uuid.UUID, Actor], now: datetime) -> Iterator[Todo]:
    """Give the measurements that are due, of challenges whose work is finished."""
    writers = [body for body, actor in people.items() if actor.may(Permission.CHALLENGE_WRITE)]
    if not writers:
        return
    rows = session.execute(
        select(Challenge, WorkFinish.finished_on, BenefitReview.months)
        .join(WorkFinish, WorkFinish.challenge_id == Challenge.id)
        .outerjoin(BenefitReview, BenefitReview.challenge_id == Challenge.id)
        .where(Challenge.buyer_id.in_(writers), Challenge.state == State.FINISHED)
    ).tuples()
    measured: dict[uuid.UUID, set[int]] = {}
    finished: dict[uuid.UUID, tuple[Challenge, date]] = {}
    for challenge, finished_on, months in rows:
        finished[challenge.id] = (challenge, finished_on)
        measured.setdefault(challenge.id, set()).update({months} if months else set())
    for challenge, finished_on in finished.values():
        round_due = due(finished_on, measured[challenge.id], day_of(now))
        if round_due is not None:
            yield Todo(
                challenge.buyer_id,
                Kind.DELIVERY,
                _("Measure what the work achieved, %(months)d months on", months=round_due),
                "benefits.measure",
                {"reference": challenge.reference, "months": round_due},
                about=challenge.title,
            )


def _todo(work: Work, title: str, endpoint: str, **more: object) -> Todo:
    agreement, challenge = work.agreement, work.agreement.challenge
    return Todo(
        challenge.buyer_id,
        Kind.DELIVERY,
        title,
        endpoint,
        {"reference": challenge.reference, "contract_id": agreement.id, **more},
        about=_about(work),
    )


def _about(work: Work) -> str:
    agreement, challenge = work.agreement, work.agreement.challenge
    # Whoever it waits for may judge the next stage without names.
    named = names_supplier(before_decision=agreement.before_decision, state=challenge.state)
    told = agreement.supplier.name if named else agreement.reference
    return f"{challenge.title} – {told}"


def _end_of(day: date) -> datetime:
    """Give the last minute of a day in Europe/London."""
    return datetime.combine(day, time(23, 59), PLACE)


def _when(reached: Reached, now: datetime) -> str:
    day = reached.terms.due_on
    if reached.late(now):
        return str(_("It was due on %(day)s: it is late.", day=format_day(day)))
    left = time_left(now, _end_of(day))
    return str(_("Due on %(day)s: %(left)s left.", day=format_day(day), left=left))

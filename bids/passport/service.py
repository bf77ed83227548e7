"""Writes a supplier's passport: answering a subject, and saying that all is still right."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.passport import policy, queries, readings, reminders
from bids.passport.answers import Values, checked, expires
from bids.passport.compared import Outcome
from bids.passport.kinds import Subject
from bids.passport.models import PassportAnswer
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def answer(
    subject: Subject, values: Values, *, actor: Actor, clock: Clock, seen: str | None = None
) -> None:
    """Answer a subject for the actor's organisation. What was answered before stays readable.

    `seen` is the identifier of the answer that the page showed, empty for none; None answers
    whatever stands. The same values sent again from
    the same page, as by a double press, are one answer.

    Raises:
        Forbidden: the actor does not act for a supplier.
        Invalid: values that may not stand, by their names.
        StaleEdit: somebody else answered meanwhile.
    """
    ensure(policy.can_answer(actor))
    kept, wrong = checked(subject, values)
    if wrong:
        raise Invalid(N_("Some answers are missing or need a change."), wrong)
    with transaction() as session:
        _lock(session, actor)
        stands = next(iter(queries.history(session, actor.organisation_id, subject, 1)), None)
        if stands is not None and stands.values == kept and seen != str(stands.id):
            return
        if seen is not None and seen != (str(stands.id) if stands else ""):
            raise StaleEdit(
                N_(
                    "Somebody else answered this while you were writing. Their answer is shown "
                    "below yours. Save again to keep yours."
                )
            )
        _add(session, subject, kept, actor, clock)


def use_register(*, seen: str, actor: Actor, clock: Clock) -> None:
    """Take the name and the address that the register has into the answer on who the actor is.

    `seen` is the identifier of the answer that the page showed beside them.

    Raises:
        Forbidden: the actor does not act for a supplier.
        WrongMoment: the register has not been asked, or does not know the number.
        StaleEdit: somebody else answered meanwhile.
        Invalid: what stands may not stand by today's rules; it is answered anew by hand.
    """
    ensure(policy.can_answer(actor))
    with transaction() as session:
        given = queries.history(session, actor.organisation_id, Subject.IDENTITY, 1)
        known = readings.of_answer(
            session, actor.organisation_id, given[0].values if given else None
        )
    if known is None or known[1].outcome is not Outcome.FOUND:
        raise WrongMoment(N_("The register has said nothing that could be used."))
    values, said = known
    taken = {"legal_name": said.name, **({"address": said.address} if said.address else {})}
    answer(Subject.IDENTITY, {**values, **taken}, actor=actor, clock=clock, seen=seen)


def confirm(*, actor: Actor, clock: Clock) -> Sequence[Subject]:
    """Say that all answers are still right: those that have not expired are dated anew.

    What ends on a day of its own, such as an insurance, goes on ending then. Gives the subjects.

    Raises:
        Forbidden: the actor does not act for a supplier.
    """
    ensure(policy.can_answer(actor))
    now = clock.now()
    with transaction() as session:
        _lock(session, actor)
        stand = queries.passport_of(session, actor.organisation_id).answers
        renewed = [
            each.subject
            for each in stand.values()
            if now < each.expires_at < expires(each.subject, each.values, now)
        ]
        for subject in renewed:
            _add(session, subject, stand[subject].values, actor, clock)
    return renewed


def _lock(session: Session, actor: Actor) -> None:
    """Have two colleagues answer one after the other."""
    session.scalar(
        select(Organisation.id).where(Organisation.id == actor.organisation_id).with_for_update()
    )


def _add(session: Session, subject: Subject, values: Values, actor: Actor, clock: Clock) -> None:
    now = clock.now()
    until = expires(subject, values, now)
    if until <= now:
        raise Invalid(
            N_("This has ended already. Enter what you have now, or leave it out."),
            {"rows": N_("This has ended already. Enter what you have now, or leave it out.")},
        )
    row = PassportAnswer(
        supplier_id=actor.organisation_id,
        subject=subject,
        values=dict(values),
        answered_by_id=actor.user_id,
        answered_at=now,
        expires_at=until,
    )
    session.add(row)
    session.flush()
    reminders.await_expiry(session, row, clock)
    readings.await_reading(session, row, clock)

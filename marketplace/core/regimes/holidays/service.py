"""Naming a day as a body's holiday, and taking one back: one entry each, nothing changed."""

from datetime import date

from sqlalchemy.orm import Session

from marketplace.core.accounts import rows
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.holidays import log_words, policy, queries
from marketplace.core.regimes.holidays.models import LocalHoliday
from marketplace.core.regimes.working_days import LONDON, is_working_day
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def name_holiday(day: date | None, name: str, *, actor: Actor, clock: Clock) -> None:
    """Name a day to come on which the actor's body does not work.

    Raises:
        Forbidden: by `policy.can_set_holidays`.
        Invalid: no day is given, or it has come, lies far ahead, is no working day anyway or is
            named already; or it has no name, or one that is too long.
    """
    with transaction() as session:
        body = rows.locked_organisation(session, actor.organisation_id)
        ensure(policy.can_set_holidays(actor, body))
        said = queries.said_last(session, body.id, day) if day else None
        faults = _faults(day, name, clock, standing=said is not None and said.holds)
        if faults or day is None:
            raise Invalid(N_("Some answers need another look."), fields=faults)
        _record(session, body, LocalHoliday(day=day, name=name, holds=True), said, actor, clock)


def take_back(day: date, *, actor: Actor, clock: Clock) -> None:
    """Take back a local holiday that has not come yet.

    Raises:
        Forbidden: by `policy.can_set_holidays`.
        NotFound: the actor's body has no such holiday.
        WrongMoment: by `policy.can_be_changed`.
    """
    with transaction() as session:
        body = rows.locked_organisation(session, actor.organisation_id)
        ensure(policy.can_set_holidays(actor, body))
        said = queries.said_last(session, body.id, day)
        if said is None or not said.holds:
            raise NotFound(N_("There is no such holiday."))
        ensure(policy.can_be_changed(day, _today(clock)))
        row = LocalHoliday(day=day, name=said.name, holds=False)
        _record(session, body, row, said, actor, clock)


def _faults(day: date | None, name: str, clock: Clock, *, standing: bool) -> dict[str, str]:
    faults = {}
    if day is None:
        faults["day"] = N_("Enter the day.")
    elif not (answer := policy.can_be_changed(day, _today(clock))).allowed:
        faults["day"] = answer.message
    elif standing:
        faults["day"] = N_("This day is a local holiday already.")
    elif not is_working_day(day):
        faults["day"] = N_("This day is no working day anyway: a weekend or a bank holiday.")
    if not name:
        faults["name"] = N_("Give the holiday’s name, such as Edinburgh Spring Holiday.")
    elif len(name) > policy.NAME_MOST:
        faults["name"] = N_("The name must have 100 characters or fewer.")
    return faults


def _record(
    session: Session,
    body: Organisation,
    row: LocalHoliday,
    before: LocalHoliday | None,
    actor: Actor,
    clock: Clock,
) -> None:
    row.organisation_id = body.id
    row.number = before.number + 1 if before else 1
    row.recorded_by_id, row.recorded_at = actor.user_id, clock.now()
    session.add(row)
    log.append(
        session,
        clock=clock,
        action=log_words.NAMED if row.holds else log_words.TAKEN_BACK,
        actor=actor,
        **rows.fields_of(body),
        day=row.day.isoformat(),
        name=row.name,
    )


def _today(clock: Clock) -> date:
    return clock.now().astimezone(LONDON).date()

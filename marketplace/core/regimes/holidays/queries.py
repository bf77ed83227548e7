"""Reads of local holidays, each of one body."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import User
from marketplace.core.regimes.holidays.models import LocalHoliday


class Holiday(NamedTuple):
    """A local holiday as it stands, with who named it and when."""

    day: date
    name: str
    by: str
    at: datetime


def local_holidays(session: Session, organisation_id: uuid.UUID, since: date) -> frozenset[date]:
    """Give the days from `since` on which a body does not work, besides bank holidays."""
    return frozenset(each.day for each in holidays(session, organisation_id, since))


def holidays(
    session: Session, organisation_id: uuid.UUID, since: date | None = None
) -> Sequence[Holiday]:
    """Give the local holidays of a body that stand, by day; all of them without `since`."""
    last = (
        select(LocalHoliday.day, func.max(LocalHoliday.number).label("number"))
        .where(LocalHoliday.organisation_id == organisation_id)
        .group_by(LocalHoliday.day)
        .subquery()
    )
    query = (
        select(LocalHoliday.day, LocalHoliday.name, User.name, LocalHoliday.recorded_at)
        .join(last, (last.c.day == LocalHoliday.day) & (last.c.number == LocalHoliday.number))
        .join(User, User.id == LocalHoliday.recorded_by_id)
        .where(LocalHoliday.organisation_id == organisation_id, LocalHoliday.holds)
        .order_by(LocalHoliday.day)
    )
    if since is not None:
        query = query.where(LocalHoliday.day >= since)
    return [Holiday(*row) for row in session.execute(query)]


def said_last(session: Session, organisation_id: uuid.UUID, day: date) -> LocalHoliday | None:
    """Give what was said last of one day, None where nothing was."""
    return session.scalar(
        select(LocalHoliday)
        .where(LocalHoliday.organisation_id == organisation_id, LocalHoliday.day == day)
        .order_by(LocalHoliday.number.desc())
        .limit(1)
    )

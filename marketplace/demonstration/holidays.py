"""Has each body of the demonstration name the local holidays that come next."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.regimes.holidays.service import name_holiday
from marketplace.core.regimes.working_days import LONDON, is_working_day
from marketplace.demonstration import shapes
from marketplace.demonstration.cast import Cast

# Many Scottish councils have a spring and an autumn holiday on the third Monday of these months.
_MONTHS = {4: "Spring holiday", 9: "Autumn holiday"}


def name_holidays(bodies: Iterable[shapes.Organisation], players: Cast, now: datetime) -> None:
    """Have an officer of each body name the next of both holidays."""
    today = now.astimezone(LONDON).date()
    for body in bodies:
        officer = players.one(body.key, Role.PROCUREMENT_OFFICER)
        for month, name in _MONTHS.items():
            name_holiday(_next(month, today), name, actor=officer, clock=FixedClock(now))


def _next(month: int, today: date) -> date:
    """Give the third Monday of a month, this year or the next, that is to come; a week later where
    it is a bank holiday."""
    for year in (today.year, today.year + 1):
        first = date(year, month, 1)
        day = first + timedelta(days=-first.weekday() % 7, weeks=2)
        while not is_working_day(day):
            day += timedelta(weeks=1)
        if day > today:
            break
    return day

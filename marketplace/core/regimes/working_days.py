"""Counts working days, and says when a standstill has ended. Pure but for the list of holidays.

The list comes with a library: an answer about a date must not depend on the network. Past its last
year nobody knows the holidays yet; `holidays_known_until` says where that is.
"""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

from marketplace.core.regimes.shapes import Part, Standstill
from marketplace.core.regimes.usual import usual

LONDON = ZoneInfo("Europe/London")

_DAY = timedelta(days=1)
_HERE: Part = usual().bank_holidays


def standstill_last_day(
    rule: Standstill,
    sent_at: datetime,
    *,
    electronic: bool = True,
    local_holidays: Collection[date] = (),
) -> date:
    """Give the last day, in London, of a standstill that began with letters at `sent_at`.

    Days are counted as the rule says; a last day that may not be a holiday moves to the next
    working day. `local_holidays` are days on which the body does not work: they can only make a
    standstill longer. Without a standstill the answer is the day of the letters.
    """
    sent_on = sent_at.astimezone(LONDON).date()
    if rule.kind == "none":
        return sent_on

    def works(day: date) -> bool:
        return _works(day, rule.bank_holidays, local_holidays)

    days = rule.days_electronic if electronic else rule.days_other
    last = sent_on - _DAY if rule.begins == "same_day" else sent_on
    if rule.counts == "calendar_days":
        last += timedelta(days=days)
    else:
        while days:
            last += _DAY
            days -= works(last)
    while rule.ends == "working_day" and not works(last):
        last += _DAY
    return last


def standstill_end(
    rule: Standstill,
    sent_at: datetime,
    *,
    electronic: bool = True,
    local_holidays: Collection[date] = (),
) -> datetime:
    """Give the instant from which a contract may be signed, when letters went out at `sent_at`.

    It is midnight, London time, at the end of the standstill's last day. Without a standstill the
    answer is `sent_at`.
    """
    if rule.kind == "none":
        return sent_at
    last = standstill_last_day(rule, sent_at, electronic=electronic, local_holidays=local_holidays)
    return datetime.combine(last + _DAY, time(), LONDON)


def is_working_day(day: date, local_holidays: Collection[date] = (), part: str = _HERE) -> bool:
    """Tell whether a day is a working day in a part of the country, for a body with such holidays;
    the usual one, where nothing says otherwise."""
    return _works(day, part, local_holidays)


def next_working_day(day: date, local_holidays: Collection[date] = (), part: str = _HERE) -> date:
    """Give `day` if it is a working day, as `is_working_day` has it, else the next that is."""
    while not is_working_day(day, local_holidays, part):
        day += _DAY
    return day


def holiday_name(day: date, part: str = _HERE) -> str | None:
    """Give the name of a bank holiday in one part of the country, if the day is one."""
    return _holidays(part).get(day)


def bank_holidays(after: date, most: int, part: str = _HERE) -> list[tuple[date, str]]:
    """Give the next bank holidays after a day, by day, with their names."""
    return sorted(each for each in _holidays(part).items() if each[0] > after)[:most]


def holidays_known_until(part: str = _HERE) -> date:
    """Give the last day of the last year whose bank holidays are known here."""
    return date(max(_holidays(part)).year, 12, 31)


def _works(day: date, part: str, local_holidays: Collection[date]) -> bool:
    return day.weekday() < 5 and day not in _holidays(part) and day not in local_holidays


@cache
def _holidays(part: str) -> dict[date, str]:
    calendar = BankHolidays(use_cached_holidays=True)
    return {holiday["date"]: holiday["title"] for holiday in calendar.get_holidays(division=part)}

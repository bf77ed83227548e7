"""Instants and dates as people read them: in Scottish time, in plain words.

Pure: every function is told the moment, none reads a clock. Instants come in UTC (any aware
datetime will do) and are shown in Europe/London with the zone named, because "2pm" means two
different instants on either side of a clock change.
Source: GOV.UK style guide, "Dates" and "Times" (2pm, 5:30pm, midday, midnight).
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

PLACE: Final = ZoneInfo("Europe/London")

# Not from the locale of the host: the same report must come out on every machine.
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_MINUTE: Final = 60
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR


def months_after(day: date, months: int) -> date:
    """Give the same day of the month so many months later, or that month's last where it is
    shorter: a year after 29 February is 28 February."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def format_instant(instant: datetime, *, seconds: bool = False) -> str:
    """Say when something happened: "2pm on Tuesday 8 December 2026 (GMT)".

    Whole minutes are shown, cut off and never rounded up, so that nothing looks later than it
    was; `seconds` shows them too, for deadlines that were close. 12:00 is "midday"; 00:00 is
    "midnight at the start of" the day, because plain "midnight on Tuesday" means either end.

    Raises `ValueError` for an instant without a zone.
    """
    local = _local(instant)
    day = f"{format_day(local)} ({local.tzname()})"
    clock = format_time(instant, seconds=seconds)
    joint = "at the start of" if clock == "midnight" else "on"
    return f"{clock} {joint} {day}"


def format_time(instant: datetime, *, seconds: bool = False) -> str:
    """Say the time of day in Europe/London: "2pm", "5:30pm", "midday", "midnight".

    Raises `ValueError` for an instant without a zone.
    """
    local = _local(instant)
    exact = local.second == 0 or not seconds
    if exact and local.minute == 0 and local.hour in {0, 12}:
        return "midday" if local.hour else "midnight"
    hour = local.hour % 12 or 12
    minutes = f":{local.minute:02d}" if local.minute or not exact else ""
    remainder = "" if exact else f":{local.second:02d}"
    return f"{hour}{minutes}{remainder}{'pm' if local.hour >= 12 else 'am'}"


def format_date(value: date) -> str:
    """Say a date: "8 December 2026". An instant is taken as its day in Europe/London."""
    day = _calendar(value)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def format_short_date(value: date) -> str:
    """Say a date where there is little room: "8 Dec 2026". An instant is taken as above."""
    day = _calendar(value)
    return f"{day.day} {_MONTHS[day.month - 1][:3]} {day.year}"


def format_day(value: date) -> str:
    """Say a date with its weekday: "Tuesday 8 December 2026"."""
    return f"{_DAYS[_calendar(value).weekday()]} {format_date(value)}"


def time_left(now: datetime, then: datetime) -> str:
    """Say how long is left until an instant, in at most two units: "6 days and 4 hours".

    Counts time that really passes, so a day on which the clocks change has 23 or 25 hours, and
    cuts off, so that it never promises more than there is. From a week on only days are said.
    "no time" at the instant itself and after it.

    Raises `ValueError` for an instant without a zone.
    """
    # Two instants of one zone subtract as wall clocks, which forgets the changed hour: so in UTC.
    remaining = _aware(then).astimezone(UTC) - _aware(now).astimezone(UTC)
    if remaining <= timedelta(0):
        return "no time"
    left = int(remaining.total_seconds())
    if left < _MINUTE:
        return "less than a minute"
    days, rest = divmod(left, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    if days >= 7:
        return _count(days, "day")
    pair = [(days, "day"), (hours, "hour")] if days else [(hours, "hour"), (minutes, "minute")]
    return " and ".join(_count(number, unit) for number, unit in pair if number)


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _aware(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant must carry its time zone")
    return instant


def _local(instant: datetime) -> datetime:
    return _aware(instant).astimezone(PLACE)


def _calendar(value: date) -> date:
    return _local(value) if isinstance(value, datetime) else value

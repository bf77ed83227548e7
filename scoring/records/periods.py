"""The period that a list of purchases covers: a financial year, or any days. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from marketplace.core.dates import PLACE
from marketplace.core.text import N_

# Public bodies in Scotland account from 1 April to 31 March.
YEAR_BEGINS = (4, 1)
# How many years a page offers, the present one first.
OFFERED = 6


class Basis(StrEnum):
    """Which day of a challenge has to lie within the period."""

    PUBLISHED = "published"
    DECIDED = "decided"


BASIS_WORDS = {
    Basis.PUBLISHED: N_("Published in the period"),
    Basis.DECIDED: N_("Decided or ended in the period"),
}


@dataclass(frozen=True)
class Period:
    """Days from `first` to `last`, both within it, as they begin and end in the United Kingdom."""

    first: date
    last: date

    @property
    def begins(self) -> datetime:
        """Give its first instant."""
        return _start(self.first)

    @property
    def ends(self) -> datetime:
        """Give the first instant after it."""
        return _start(self.last + timedelta(days=1))

    @property
    def year(self) -> int | None:
        """Give the year in which it begins, where it is one financial year; else nothing."""
        return self.first.year if self == financial_year(self.first.year) else None


def financial_year(begins: int) -> Period:
    """Give the financial year that begins in a calendar year."""
    return Period(date(begins, *YEAR_BEGINS), date(begins + 1, *YEAR_BEGINS) - timedelta(days=1))


def year_of(now: datetime) -> int:
    """Give the calendar year in which the financial year of an instant begins."""
    day = now.astimezone(PLACE).date()
    return day.year if (day.month, day.day) >= YEAR_BEGINS else day.year - 1


def year_words(begins: int) -> str:
    """Name a financial year: 2026/27."""
    return f"{begins}/{(begins + 1) % 100:02d}"


def period_asked(year: str, first: date | None, last: date | None, now: datetime) -> Period:
    """Give the period that is asked for: a year that is offered, else days that are in order.

    What cannot be read means the present financial year.
    """
    known = {str(each): each for each in years_offered(now)}
    if year not in known and first is not None and last is not None and first <= last:
        return Period(first, last)
    return financial_year(known.get(year, year_of(now)))


def years_offered(now: datetime) -> list[int]:
    """Give the years that a page offers, the present one first."""
    return [year_of(now) - back for back in range(OFFERED)]


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), PLACE).astimezone(UTC)

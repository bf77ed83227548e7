"""The only place that reads the time; everything else is given a `Clock`."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the present instant."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands where it was put: for tests, and for histories that are written anew.

    `instant` must be aware.
    """

    instant: datetime

    def now(self) -> datetime:
        """Return the instant the clock was put at."""
        return self.instant

"""What is missing or weak about the closing time. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Stage

# Small suppliers need two weekends to read, ask and write.
DAYS_TO_BID = 10

# Nobody plans a challenge for so long: the year is a slip of the keyboard.
DAYS_AHEAD_MOST = 730


def of_timeline(stage: "Stage", now: datetime) -> Iterator[Finding]:
    """Look at the closing time, as it is at `now`."""
    section = Section.TIMELINE
    if stage.closes_at is None:
        yield Finding(section, N_("Choose when bidding closes."))
    elif stage.closes_at <= now:
        yield Finding(section, N_("The closing time is in the past. Choose a later one."))
    elif stage.closes_at > now + timedelta(days=DAYS_AHEAD_MOST):
        yield Finding(section, N_("Bidding closes more than two years from now. Check the year."))
    elif stage.closes_at < now + timedelta(days=DAYS_TO_BID):
        yield advice(
            section,
            N_("Bidding closes in fewer than 10 days. Small suppliers need longer to answer well."),
        )

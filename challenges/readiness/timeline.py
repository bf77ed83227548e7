"""What is missing or weak about the timeline. Pure."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.regimes.book import LONDON, next_working_day
from marketplace.core.regimes.working_days import holidays_known_until
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

# Small suppliers need two weekends to read, ask and write.
DAYS_TO_BID = 10

# Nobody plans a challenge for so long: the year is a slip of the keyboard.
DAYS_AHEAD_MOST = 730

# An answer that comes later cannot be used any more.
DAYS_TO_USE_ANSWERS = 3


def of_timeline(challenge: "Challenge", now: datetime) -> Iterator[Finding]:
    """Look at the closing time as it is at `now`, and at what stands around it."""
    section, stage = Section.TIMELINE, challenge.stage
    if stage.closes_at is None:
        yield Finding(section, N_("Choose when bidding closes."))
    elif stage.closes_at <= now and challenge.bids_elsewhere:
        pass  # bids were sent where they go, and wait there to be judged
    elif stage.closes_at <= now:
        yield Finding(section, N_("The closing time is in the past. Choose a later one."))
    elif stage.closes_at > now + timedelta(days=DAYS_AHEAD_MOST):
        yield Finding(section, N_("Bidding closes more than two years from now. Check the year."))
    else:
        if stage.closes_at < now + timedelta(days=DAYS_TO_BID):
            yield advice(
                section,
                N_(
                    "Bidding closes in fewer than 10 days. Small suppliers need longer to answer "
                    "well."
                ),
            )
        yield from of_closing(stage.closes_at)
    if not challenge.bids_elsewhere:
        yield from _questions(stage, now)
    yield from _planned(challenge)


def of_closing(closes_at: datetime) -> Iterator[Finding]:
    """Look at the day and the time of day at which bidding closes, in London."""
    section, local = Section.TIMELINE, closes_at.astimezone(LONDON)
    if next_working_day(local.date()) != local.date():
        yield advice(
            section,
            N_(
                "Bidding closes on a weekend or a bank holiday, when nobody is there to help. "
                "Choose a working day."
            ),
        )
    elif local.date() > holidays_known_until():
        yield advice(
            section,
            N_(
                "The bank holidays of that year are not known here yet. Check that bidding does "
                "not close on one."
            ),
        )
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        yield advice(
            section,
            N_(
                "The clocks go back in that night, so this time comes twice. Bidding closes at the "
                "first. Choose another hour, so that nobody mistakes it."
            ),
        )
    elif local.time() != time(12):
        yield advice(
            section,
            N_("Bidding does not close at midday. Midday is what suppliers expect."),
        )


def _questions(stage: "Stage", now: datetime) -> Iterator[Finding]:
    until = stage.questions_until
    if until is None:
        return
    if until <= now:
        yield Finding(
            Section.TIMELINE, N_("The last time for questions is in the past. Choose a later one.")
        )
    elif stage.closes_at is not None and stage.closes_at - until < timedelta(
        days=DAYS_TO_USE_ANSWERS
    ):
        yield advice(
            Section.TIMELINE,
            N_("Questions end so late that nobody can use the answers. Leave at least 3 days."),
        )


def _planned(challenge: "Challenge") -> Iterator[Finding]:
    """Look whether the planned days come after closing, and one after the other."""
    closes_at = challenge.stage.closes_at
    days = [
        *([closes_at.astimezone(LONDON).date()] if closes_at else []),
        *(
            day
            for day in (challenge.interviews_on, challenge.decision_on, challenge.starts_on)
            if day is not None
        ),
    ]
    if any(later < earlier for earlier, later in pairwise(days)):
        yield Finding(
            Section.TIMELINE,
            N_("The planned days do not come one after the other, after closing. Check them."),
        )

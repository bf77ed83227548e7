"""Until when questions are taken, how many, and how long texts may be. Pure."""

from datetime import UTC, date, datetime, timedelta

from marketplace.core.regimes.book import LONDON, next_working_day

QUESTION_MOST = 2_000
ANSWER_MOST = 10_000
REASON_MOST = 2_000

# The last questions still have to be answered, and the answers read, before bidding closes.
USUAL_WORKING_DAYS = 5
# Nobody who asks in earnest reaches these; they keep one sender from burying the rest.
WAITING_MOST = 20
HOURLY_MOST = 10
ANSWERED_AT_ONCE_MOST = 50

# So long answers are gathered into one message; in the last day before closing nobody waits.
GATHER = timedelta(hours=1)
HURRY = timedelta(days=1)
# A question that waits is brought to mind every so often until it is answered, and once more a
# day before closing.
REMIND_AFTER = timedelta(days=2)
LAST_REMINDER = timedelta(days=1)


def asked_until(
    closes_at: datetime | None, published_at: datetime | None, chosen: datetime | None
) -> datetime | None:
    """Give the instant from which questions are too late, None while there is no closing time.

    It is the one the body has `chosen`; otherwise the time of closing five working days before it,
    and where that lies before publication, closing itself. It never lies after closing.
    """
    if closes_at is None:
        return None
    if chosen is not None:
        return min(chosen, closes_at)
    usual = _working_days_before(closes_at, USUAL_WORKING_DAYS)
    return closes_at if published_at is not None and usual <= published_at else usual


def tells_at(now: datetime, closes_at: datetime | None) -> datetime:
    """Give when people are told of an answer published `now`: gathered, but never too late."""
    in_a_hurry = closes_at is not None and closes_at - now <= HURRY
    return now if in_a_hurry else now + GATHER


def reminds_at(last: datetime, closes_at: datetime | None) -> datetime:
    """Give when the body is reminded next of what waits, after the reminder or question of `last`.

    In the last day before closing it comes after closing, when nothing is left to remind of.
    """
    due = last + REMIND_AFTER
    if closes_at is None or not last < closes_at - LAST_REMINDER < due:
        return due
    return closes_at - LAST_REMINDER


def reminds_again(last: datetime | None, now: datetime, closes_at: datetime | None) -> bool:
    """Tell whether it is time for a reminder, so that many waiting questions send one together."""
    return last is None or reminds_at(last, closes_at) <= now


def _working_days_before(instant: datetime, days: int) -> datetime:
    local = instant.astimezone(LONDON)
    day = local.date()
    while days:
        day -= timedelta(days=1)
        days -= _is_working_day(day)
    # By the clock on the wall: midday stays midday where the clocks change in between.
    return datetime.combine(day, local.time(), LONDON).astimezone(UTC)


def _is_working_day(day: date) -> bool:
    return next_working_day(day) == day

"""Where a query about a bid stands, what it may concern, and how long its limit must be. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from challenges.lifecycle import RECORDING_TIME
from marketplace.core.regimes.book import LONDON, next_working_day
from marketplace.core.text import N_

TEXT_MOST = 2_000
ANSWER_MOST = 10_000
REASON_MOST = 2_000
# Nobody who needs something explained reaches this; more of them are a second bid in pieces.
QUERIES_MOST = 20

# Hours of working days that a supplier has at least: a small company may hold one meeting a day.
LEAST_HOURS = 24
USUAL_WORKING_DAYS = 3
LONGEST = timedelta(days=60)


class QueryPart(StrEnum):
    """Which part of a bid a query concerns; `ANSWER` is the answer to one question."""

    ANSWER = "answer"
    PRICE = "price"
    ELIGIBILITY = "eligibility"
    TERMS = "terms"
    OTHER = "other"


PART_WORDS = {
    QueryPart.ANSWER: N_("The answer to a question"),
    QueryPart.PRICE: N_("The price"),
    QueryPart.ELIGIBILITY: N_("Eligibility"),
    QueryPart.TERMS: N_("The contract, or the use of AI"),
    QueryPart.OTHER: N_("Something else in the bid"),
}
# The panel scores without knowing price or eligibility: what concerns them is the officers' alone.
PANEL_PARTS = frozenset({QueryPart.ANSWER, QueryPart.TERMS, QueryPart.OTHER})


class QueryDecision(StrEnum):
    """What an officer makes of an answer, or of there being none."""

    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    NO_ANSWER = "no_answer"


DECISION_WORDS = {
    QueryDecision.ACCEPTED: N_("Accepted as an explanation"),
    QueryDecision.NOT_ACCEPTED: N_("Not accepted"),
    QueryDecision.NO_ANSWER: N_("No answer came in time"),
}


class QueryState(StrEnum):
    """Where a query stands. `OVERDUE` is never stored: it waits, and its limit is over."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"


STATE_WORDS = {
    QueryState.WAITING: N_("Waits for the supplier"),
    QueryState.OVERDUE: N_("Not answered in time"),
    QueryState.ANSWERED: N_("Answered"),
    QueryState.DECIDED: N_("Decided"),
    QueryState.WITHDRAWN: N_("Taken back"),
}


def state_of(
    *,
    answer_by: datetime,
    answered_at: datetime | None,
    decided_at: datetime | None,
    withdrawn_at: datetime | None,
    now: datetime,
) -> QueryState:
    """Give where a query stands at `now`."""
    if withdrawn_at is not None:
        return QueryState.WITHDRAWN
    if decided_at is not None:
        return QueryState.DECIDED
    if answered_at is not None:
        return QueryState.ANSWERED
    return QueryState.WAITING if in_time(now, answer_by) else QueryState.OVERDUE


def in_time(arrived: datetime, answer_by: datetime) -> bool:
    """Tell whether an answer that arrived then counts. At the limit is too late."""
    return arrived < answer_by


def surely_unanswered(answer_by: datetime, now: datetime) -> bool:
    """Tell whether no answer can be in time any more: one that arrived may be being recorded."""
    return now >= answer_by + RECORDING_TIME


def earliest_limit(now: datetime) -> datetime:
    """Give the first instant that a new limit may have: 24 hours of working days from `now`.

    From a working day it is the same time of the next one, by the clock on the wall; from another
    day it is the end of the next working day.
    """
    local = now.astimezone(LONDON)
    if next_working_day(local.date()) != local.date():
        first = next_working_day(local.date())
        return datetime.combine(first + timedelta(days=1), time(), LONDON).astimezone(UTC)
    following = next_working_day(local.date() + timedelta(days=1))
    return datetime.combine(following, local.time(), LONDON).astimezone(UTC)


def usual_limit(now: datetime) -> datetime:
    """Give the limit that a form offers: midday, three working days after today."""
    day = now.astimezone(LONDON).date()
    for _ in range(USUAL_WORKING_DAYS):
        day = next_working_day(day + timedelta(days=1))
    return datetime.combine(day, time(12), LONDON).astimezone(UTC)


def limit_fault(limit: datetime | None, now: datetime, before: datetime | None = None) -> str:
    """Say what is wrong with a limit that is set at `now`, or nothing.

    `before` is the one that it replaces: a limit is only moved to a later one, and one that has
    not passed yet gives the supplier its time already.
    """
    if limit is None:
        return N_("Enter the day and time by which the supplier must answer.")
    if before is not None and limit <= before:
        return N_("Enter a time after the present limit: it can only be made longer.")
    running = before is not None and in_time(now, before)
    if not running and limit < earliest_limit(now):
        return N_(
            "Give the supplier more time: at least 24 hours, not counting weekends and holidays."
        )
    if limit > now + LONGEST:
        return N_("Enter a day within the next 60 days.")
    day: date = limit.astimezone(LONDON).date()
    if next_working_day(day) != day:
        return N_("Choose a working day: that day is a weekend or a bank holiday.")
    return ""

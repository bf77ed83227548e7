"""When interviews are, where each bidder's stands, and what may become of it. Pure.

Minutes are minutes that really pass: on a day on which the clocks change an interview of half an
hour is half an hour long, whatever a clock on the wall shows.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from challenges.texts import text_faults
from marketplace.core.dates import PLACE
from marketplace.core.text import N_, is_web_address

SHORTEST, LONGEST = 5, 480
GAP_MOST = 240
AT_ONCE_MOST = 40
# A panel hears a few bidders; the list is shown whole.
STANDING_MOST = 100
NOTICE_MOST = 240
USUAL_MINUTES, USUAL_GAP, USUAL_NOTICE = 30, 15, 24
TEXT_MOST = 500
REASON_MOST = 2_000
# When people are reminded on the day before.
REMINDED_AT = time(9)
USUAL_FIRST = time(9, 30)


class Outcome(StrEnum):
    """What came of a bidder's interview."""

    HELD = "held"
    MISSED = "missed"
    WITHOUT = "without"


class Standing(StrEnum):
    """Where a bidder's interview stands."""

    OPEN = "open"
    CHOSEN = "chosen"
    OVER = "over"
    HELD = "held"
    MISSED = "missed"
    WITHOUT = "without"


class Step(StrEnum):
    """What the chair records of an interview, or decides about it."""

    HELD = "held"
    MISSED = "missed"
    AGAIN = "again"
    WITHOUT = "without"


STANDING_WORDS = {
    Standing.OPEN: N_("No time yet"),
    Standing.CHOSEN: N_("Time chosen"),
    Standing.OVER: N_("To be recorded"),
    Standing.HELD: N_("Held"),
    Standing.MISSED: N_("Missed"),
    Standing.WITHOUT: N_("No interview"),
}
STEP_WORDS = {
    Step.HELD: N_("The interview was held"),
    Step.MISSED: N_("The bidder did not come"),
    Step.AGAIN: N_("Let the bidder choose a time again"),
    Step.WITHOUT: N_("Go on without an interview"),
}
# The panel can score a bid after these.
SETTLED = frozenset({Standing.HELD, Standing.WITHOUT})
# A step can be put right until the panel has submitted its scores.
_STEPS = {
    Standing.OPEN: (Step.WITHOUT,),
    Standing.CHOSEN: (),
    Standing.OVER: (Step.HELD, Step.MISSED),
    Standing.HELD: (Step.MISSED,),
    Standing.MISSED: (Step.AGAIN, Step.WITHOUT, Step.HELD),
    Standing.WITHOUT: (Step.AGAIN,),
}
# What the bidder is told, and what others may ask for later, needs a reason.
REASONED = frozenset({Step.MISSED, Step.WITHOUT})


def standing_of(outcome: Outcome | None, starts_at: datetime | None, now: datetime) -> Standing:
    """Say where an interview stands at `now`; `starts_at` is of the time chosen, if one is.

    From its beginning on it can be recorded: whoever came was there then.
    """
    if outcome is not None:
        return Standing(outcome.value)
    if starts_at is None:
        return Standing.OPEN
    return Standing.CHOSEN if now < starts_at else Standing.OVER


def steps_from(standing: Standing) -> tuple[Step, ...]:
    """Give what the chair can record or decide next, the likeliest first."""
    return _STEPS[standing]


def holds_interviews(*, is_interview: bool, planned: bool, elsewhere: bool) -> bool:
    """Tell whether a stage has interviews: one of that kind; or any other for which the challenge
    published a day of interviews (`planned`), unless another stage is there for them."""
    return is_interview or (planned and not elsewhere)


@dataclass(frozen=True)
class Offer:
    """Times that are offered together, all on the day of the first.

    `minutes` is how long each lasts, `gap` how many minutes lie between two. `place` is where one
    meets; empty is remotely, by `join_url`. Bidders are asked to choose before `choose_by`; what
    is chosen can be changed until so many hours before it begins (`notice`).
    """

    first: datetime | None
    minutes: int | None
    gap: int | None
    number: int | None
    choose_by: datetime | None
    notice: int | None
    place: str = ""
    join_url: str = ""
    remote: bool = True

    @property
    def times(self) -> list[datetime]:
        """Give when each begins; nothing where the form is not complete."""
        if self.first is None or self.minutes is None or self.gap is None or self.number is None:
            return []
        step = timedelta(minutes=self.minutes + self.gap)
        return [self.first + step * index for index in range(self.number)]


@dataclass(frozen=True)
class Span:
    """From when until when an interview goes."""

    starts_at: datetime
    minutes: int

    @property
    def ends_at(self) -> datetime:
        """Give when it is over."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def overlaps(self, other: "Span") -> bool:
        """Tell whether two are at the same time; one may begin when the other ends."""
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at


def offer_faults(offer: Offer, present: Collection[Span], now: datetime) -> dict[str, str]:
    """Name what is wrong with an offer, by the field of the form; `present` are the times that
    stand."""
    faults = {
        **_number_fault("minutes", offer.minutes, SHORTEST, LONGEST),
        **_number_fault("gap", offer.gap, 0, GAP_MOST),
        **_number_fault("number", offer.number, 1, AT_ONCE_MOST),
        **_number_fault("notice", offer.notice, 0, NOTICE_MOST),
        **place_faults(offer.place, offer.join_url, remote=offer.remote),
    }
    if offer.first is None:
        faults["first"] = N_("Enter the day and the time of the first interview")
    elif offer.first <= now:
        faults["first"] = N_("Enter a time that is still to come")
    if offer.choose_by is None:
        faults["choose_by"] = N_("Enter by when bidders choose")
    elif offer.choose_by <= now:
        faults["choose_by"] = N_("Enter a time that is still to come")
    if faults or offer.first is None or offer.choose_by is None or offer.notice is None:
        return faults
    if offer.choose_by > offer.first - timedelta(hours=offer.notice):
        faults["choose_by"] = N_(
            "Bidders must choose before the first interview, with the notice that you ask for"
        )
    spans = [Span(starts_at, offer.minutes or 0) for starts_at in offer.times]
    if _day(spans[-1].ends_at - timedelta(seconds=1)) != _day(offer.first):
        faults["number"] = N_("These times run past midnight: offer fewer, or on two days")
    elif any(span.overlaps(other) for span in spans for other in present):
        faults["first"] = N_("One of these times overlaps a time that is offered already")
    elif len(present) + len(spans) > STANDING_MOST:
        faults["number"] = N_("A panel offers at most 100 times")
    return faults


def move_faults(
    span: Span | None, present: Collection[Span], now: datetime, minutes: int | None
) -> dict[str, str]:
    """Name what is wrong with where a time is moved to; `present` are the other times."""
    faults = _number_fault("minutes", minutes, SHORTEST, LONGEST)
    if span is None:
        faults["starts_at"] = N_("Enter the day and the time")
    elif span.starts_at <= now:
        faults["starts_at"] = N_("Enter a time that is still to come")
    elif any(span.overlaps(other) for other in present):
        faults["starts_at"] = N_("This time overlaps another that is offered")
    return faults


def place_faults(place: str, join_url: str, *, remote: bool) -> dict[str, str]:
    """Name what is wrong with where one meets."""
    field, text = ("join_url", join_url) if remote else ("place", place)
    if remote and not is_web_address(join_url, ("https",)):
        return {field: N_("Enter a web address that begins with https://")}
    return text_faults(text, field, N_("Enter where you meet"), TEXT_MOST)


_BETWEEN = {
    "minutes": N_("Enter how many minutes each takes, from 5 to 480"),
    "gap": N_("Enter how many minutes lie between two, from 0 to 240"),
    "number": N_("Enter how many times you offer, from 1 to 40"),
    "notice": N_("Enter how many hours before, from 0 to 240"),
}


def _number_fault(field: str, value: int | None, least: int, most: int) -> dict[str, str]:
    return {} if value is not None and least <= value <= most else {field: _BETWEEN[field]}


def free_until(starts_at: datetime, notice: int) -> datetime:
    """Give until when a time can be chosen, or left for another: not at that instant itself."""
    return starts_at - timedelta(hours=notice)


def reminder_at(starts_at: datetime, now: datetime) -> datetime | None:
    """Give when people are reminded: in the morning of the day before; None where that is past."""
    day = _day(starts_at) - timedelta(days=1)
    morning = datetime.combine(day, REMINDED_AT, tzinfo=PLACE)
    return morning if morning > now else None


def usual_first(planned: date | None, now: datetime) -> datetime | None:
    """Give the first time that the form proposes: on the day that the challenge published."""
    if planned is None:
        return None
    first = datetime.combine(planned, USUAL_FIRST, tzinfo=PLACE)
    return first if first > now else None


def _day(instant: datetime) -> date:
    return instant.astimezone(PLACE).date()


def usual_choose_by(first: datetime | None, now: datetime) -> datetime | None:
    """Give by when the form proposes that bidders choose: at midday three days before."""
    if first is None:
        return None
    midday = datetime.combine(_day(first) - timedelta(days=3), time(12), tzinfo=PLACE)
    return midday if midday > now else None


def too_few(waiting: int, free: int) -> int:
    """Count how many bidders would find no time if all who wait chose one."""
    return max(0, waiting - free)

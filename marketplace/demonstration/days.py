"""When things happen in the demonstration: on working days, in office hours, in order. Pure.

Every challenge keeps the days that its content names, counted from the day of loading, but nothing
is published, opened or signed on a Sunday: a day that is no working day in Scotland gives way to
the working day before it, and a closing day that is still to come to the one after it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from marketplace.core.dates import PLACE
from marketplace.core.regimes.book import next_working_day
from marketplace.demonstration.shapes import Challenge, TargetState

OFFICE_HOURS = (time(9), time(17))
# How long people write on a challenge before they publish it.
WRITING = timedelta(days=21)
# For how long the unpublished ones have been written on.
BEGUN = {
    TargetState.DRAFT: timedelta(days=6),
    TargetState.IN_REVIEW: timedelta(days=11),
    TargetState.READY: timedelta(days=18),
}


@dataclass(frozen=True)
class Days:
    """The instants of one challenge, in UTC; None for a step it has not reached.

    `closed_first` is the closing instant at publication, which officers may have moved since to
    `closes`; `moved_to` is the one that they have proposed, whether it holds or not. `ended` is
    when it was stopped or cancelled. `until` is where its present step ends: with the
    decision, with its end, or now.
    """

    created: datetime
    ready: datetime
    published: datetime | None
    closed_first: datetime | None
    moved_to: datetime | None
    closes: datetime | None
    opened: datetime | None
    intention: datetime | None
    signed: datetime | None
    ended: datetime | None
    until: datetime


@dataclass(frozen=True)
class Span:
    """The time from `start` to `end`, of which people use the office hours."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """Give how long it is, nights and holidays included."""
        return self.end - self.start

    def at(self, share: float) -> datetime:
        """Give the instant at which `share` of the working time has passed; 0 < `share` < 1.

        A greater share is later, and all lie within the span. Where the span holds no office
        hours, all of its time counts.
        """
        pieces = list(self._office_hours()) or [(self.start, self.end)]
        left = share * sum((end - start for start, end in pieces), timedelta())
        for start, end in pieces:
            if left <= end - start:
                return start + left
            left -= end - start
        return pieces[-1][1]

    def spread(self, count: int, first: float, last: float) -> list[datetime]:
        """Give `count` instants, evenly spread over the shares from `first` up to `last`."""
        step = (last - first) / max(count, 1)
        return [self.at(first + number * step) for number in range(count)]

    def _office_hours(self) -> Iterator[tuple[datetime, datetime]]:
        day, last = self.start.astimezone(PLACE).date(), self.end.astimezone(PLACE).date()
        while (day := next_working_day(day)) <= last:
            opens, closes = (_instant(day, hour) for hour in OFFICE_HOURS)
            start, end = max(opens, self.start), min(closes, self.end)
            if start < end:
                yield start, end
            day += timedelta(days=1)


def days_of(item: Challenge, now: datetime) -> Days:
    """Lay out the steps of a challenge as seen from `now`."""
    published = on(now, item.published_days_ago, time(10))
    ended = on(now, item.ended_days_ago, time(16))
    intention = on(now, item.intention_days_ago, time(11))
    ready = published or now
    moved = item.extension
    writing = BEGUN.get(item.state, WRITING)
    return Days(
        created=_instant(_working_day_until(ready.astimezone(PLACE).date() - writing), time(9, 30)),
        ready=ready,
        published=published,
        closed_first=_closing(now, moved.from_in_days if moved else item.closes_in_days),
        moved_to=_closing(now, moved.to_in_days if moved else None),
        closes=_closing(now, item.closes_in_days),
        opened=on(now, item.opened_days_ago, time(14)),
        intention=intention,
        signed=on(now, item.signed_days_ago, time(15)),
        ended=ended,
        until=intention or ended or now,
    )


def on(now: datetime, days_ago: int | None, hour: time) -> datetime | None:
    """Give the instant at `hour`, Scottish time, on the last working day up to so many days ago."""
    if days_ago is None:
        return None
    day = now.astimezone(PLACE).date() - timedelta(days=days_ago)
    return _instant(_working_day_until(day), hour)


def submission(closes: datetime, hours_before: int) -> datetime:
    """Give when a bid was sent: at least so many hours before closing, and never at night."""
    instant = closes - timedelta(hours=hours_before, minutes=hours_before * 17 % 55)
    local = instant.astimezone(PLACE)
    if local.hour < 7:
        return _instant(local.date() - timedelta(days=1), time(21, local.minute))
    return instant


def working_morning(instant: datetime) -> datetime:
    """Give ten o'clock on the first working day that begins at or after `instant`."""
    day = (instant - timedelta.resolution).astimezone(PLACE).date() + timedelta(days=1)
    return _instant(next_working_day(day), time(10))


def working_evenings(start: datetime, end: datetime) -> Iterator[datetime]:
    """Give six o'clock of each working day between two instants."""
    day = start.astimezone(PLACE).date()
    while (evening := _instant(next_working_day(day), time(18))) <= end:
        if evening > start:
            yield evening
        day = evening.astimezone(PLACE).date() + timedelta(days=1)


def _closing(now: datetime, in_days: int | None) -> datetime | None:
    """Give midday on the closing day: those past move back and those to come move on."""
    if in_days is None:
        return None
    if in_days < 0:
        return on(now, -in_days, time(12))
    day = now.astimezone(PLACE).date() + timedelta(days=in_days)
    return _instant(next_working_day(day), time(12))


def _working_day_until(day: date) -> date:
    while next_working_day(day) != day:
        day -= timedelta(days=1)
    return day


def _instant(day: date, hour: time) -> datetime:
    # Two instants of one zone subtract as wall clocks, which forgets the changed hour: so in UTC.
    return datetime.combine(day, hour, PLACE).astimezone(UTC)

"""When letters can go out, how far a request has come, and how words are left out. Pure."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from marketplace.core.regimes.shapes import Part
from marketplace.core.regimes.working_days import is_working_day, next_working_day
from marketplace.core.text import N_

LONDON = ZoneInfo("Europe/London")
# A working morning, so that who has a question finds somebody the same day.
MORNING = time(10)
# From then on a Friday is as good as the weekend.
FRIDAY_ENDS = time(16)
_FRIDAY = 4
# By how much letters may be late and still go out by themselves: the body may have told others when
# to expect them.
LATE_MOST = timedelta(hours=1)
LATE_A_LITTLE = timedelta(minutes=10)
_DAY = timedelta(days=1)


def next_morning(now: datetime, local_holidays: Collection[date] = (), *, part: Part) -> datetime:
    """Give the next working morning after `now`, at ten in London; today's if it is to come.

    `part` is the part of the country by whose bank holidays the rules go.
    """
    local = now.astimezone(LONDON)
    first = local.date() if local.time() < MORNING else local.date() + _DAY
    return datetime.combine(next_working_day(first, local_holidays, part), MORNING, LONDON)


def plan_fault(send_at: datetime | None, now: datetime) -> str | None:
    """Say what is wrong with when letters are to go out; or nothing."""
    if send_at is None:
        return N_("Enter when the letters are to go out")
    if send_at <= now:
        return N_("Enter a time that is to come, or send the letters now")
    if send_at > now + timedelta(days=60):
        return N_("Enter a time within the next 60 days")
    return None


def plan_warning(
    send_at: datetime, local_holidays: Collection[date] = (), *, part: Part
) -> str | None:
    """Say why a time is a poor one for letters: nobody is there who could answer; or nothing."""
    local = send_at.astimezone(LONDON)
    if not is_working_day(local.date(), local_holidays, part):
        return N_(
            "That is no working day. Bidders who have questions reach nobody, and their days to "
            "act run already."
        )
    if local.weekday() == _FRIDAY and local.time() >= FRIDAY_ENDS:
        return N_(
            "That is late on a Friday. Bidders who have questions reach nobody until Monday, and "
            "their days to act run already."
        )
    return None


@dataclass(frozen=True)
class Hidden:
    """Words to leave out, and on which ground, in a word or two."""

    words: str
    ground: str


def hide(words: str, hidden: Iterable[Hidden], mark: str) -> str:
    """Leave words out of a text wherever they stand, whatever their spaces and capitals.

    `mark` stands in their place, with `{ground}` in it. The longest are left out first, so that
    shorter ones within them find nothing to leave half.
    """
    for each in sorted(hidden, key=lambda each: (-len(each.words), each.words)):
        # Given as text that stands for itself: a backslash in it is one.
        said = mark.format(ground=each.ground).replace("\\", r"\\")
        words = _pattern(each.words).sub(said, words)
    return words


def stands_in(words: str, texts: Iterable[str]) -> bool:
    """Tell whether words stand in one of some texts."""
    pattern = _pattern(words)
    return any(pattern.search(each) for each in texts)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(r"\s+".join(map(re.escape, words.split())), re.IGNORECASE)


def is_late(due_at: datetime | None, answered_at: datetime | None, now: datetime) -> bool:
    """Tell whether a request was, or is being, answered after its clock had ended."""
    return due_at is not None and (answered_at or now) >= due_at


def due_after(asked_at: datetime, days: int) -> datetime | None:
    """Give when a clock of calendar days ends: midnight in London after its last; 0 sets none."""
    if not days:
        return None
    last = asked_at.astimezone(LONDON).date() + timedelta(days=days)
    return datetime.combine(last + _DAY, time(), LONDON)


def last_gone(gone: Sequence[tuple[datetime, bool]]) -> tuple[datetime, bool]:
    """Give when the last letter went, and whether all went electronically."""
    return max(when for when, _way in gone), all(way for _when, way in gone)


def is_sooner(now: tuple[datetime, bool], before: tuple[datetime, bool] | None) -> bool:
    """Tell whether a letter went earlier, or by a faster way, than was recorded `before`: when, and
    whether electronically. A standstill that counts from it could then end earlier."""
    return before is not None and (now[0] < before[0] or (now[1] and not before[1]))


def late_fault(
    send_at: datetime, now: datetime, local_holidays: Collection[date] = (), *, part: Part
) -> str | None:
    """Say why letters that were to go out at `send_at` are not to go out at `now` by themselves any
    more; or nothing."""
    late = now - send_at
    if late > LATE_MOST:
        return N_("The service was not working at that time, and it is much later now.")
    # Whoever chose the time knew what it was, but not what it would come to.
    if late > LATE_A_LITTLE and plan_warning(now, local_holidays, part=part) is not None:
        return N_("The service was not working at that time, and now nobody is there to answer.")
    return None

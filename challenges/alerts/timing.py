"""How often a saved search writes, of what, and when next. Pure."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum

from marketplace.core.dates import PLACE
from marketplace.core.text import N_

# When people begin to read their mail.
_MORNING = time(7)
_MONDAY = 0


class Frequency(StrEnum):
    """How often a saved search writes."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    PAUSED = "paused"


FREQUENCY_WORDS: Mapping[Frequency, str] = {
    Frequency.AT_ONCE: N_("At once"),
    Frequency.DAILY: N_("Every morning, if there is anything new"),
    Frequency.WEEKLY: N_("On Monday morning, if there is anything new"),
    Frequency.PAUSED: N_("Paused: no e-mails for now"),
}


# A message tells of what was published: of no challenge that has closed since, and its closing time
# is weeks away. These parts of an address would have a search tell nothing for good.
_NEVER_NEW = frozenset({"within", "by"})
_NEW_STATES = frozenset({"any", "open"})


def telling_part(asked: Mapping[str, str]) -> dict[str, str]:
    """Give the part of what was asked for that a newly published challenge can answer."""
    return {
        name: value
        for name, value in asked.items()
        if name not in _NEVER_NEW and (name != "state" or value in _NEW_STATES)
    }


def next_due(frequency: Frequency, now: datetime) -> datetime | None:
    """Give the first morning after `now` on which a message is due, in London's time.

    None where no time but an event decides it, or no message is wanted.
    """
    if frequency not in (Frequency.DAILY, Frequency.WEEKLY):
        return None
    local = now.astimezone(PLACE)
    day = local.date() + timedelta(days=0 if local.time() < _MORNING else 1)
    if frequency is Frequency.WEEKLY:
        day += timedelta(days=(_MONDAY - day.weekday()) % 7)
    return datetime.combine(day, _MORNING, PLACE).astimezone(now.tzinfo)

"""When a debrief meeting can be asked for, and how far it has come. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from challenges.texts import text_faults
from marketplace.core.dates import PLACE
from marketplace.core.text import N_, is_web_address

SHORTEST, LONGEST = 10, 240
USUAL_MINUTES = 45
PLACE_MOST = 500
TEXT_MOST = 10_000


class Standing(StrEnum):
    """How far a meeting has come."""

    ASKED = "asked"
    OFFERED = "offered"
    AGREED = "agreed"
    OVER = "over"
    RECORDED = "recorded"


STANDING_WORDS = {
    Standing.ASKED: N_("Waiting for times"),
    Standing.OFFERED: N_("Waiting for the bidder’s choice"),
    Standing.AGREED: N_("Agreed"),
    Standing.OVER: N_("To be recorded"),
    Standing.RECORDED: N_("Held"),
}


def standing_of(
    *, starts_at: datetime | None, offered: Sequence[datetime], recorded: bool, now: datetime
) -> Standing:
    """Say how far a meeting has come at `now`; times that are past are none that are offered."""
    if recorded:
        return Standing.RECORDED
    if starts_at is not None:
        return Standing.AGREED if now < starts_at else Standing.OVER
    return Standing.OFFERED if any(each > now for each in offered) else Standing.ASKED


def asked_until(told_at: datetime, days: int) -> datetime | None:
    """Give the first instant at which it is too late to ask for a meeting: at midnight in London
    after so many calendar days from the day of the letters. None where nothing limits it."""
    if days == 0:
        return None
    last = told_at.astimezone(PLACE).date() + timedelta(days=days)
    return datetime.combine(last + timedelta(days=1), datetime.min.time(), PLACE)


def offer_faults(
    times: Sequence[datetime],
    minutes: int | None,
    *,
    place: str,
    join_url: str,
    remote: bool,
    now: datetime,
) -> dict[str, str]:
    """Name what is wrong with times that are offered, by the field of the form."""
    faults: dict[str, str] = {}
    if not times:
        faults["first"] = N_("Enter the day and the time of one meeting at least")
    elif any(each <= now for each in times):
        faults["first"] = N_("Enter times that are still to come")
    elif len(set(times)) < len(times):
        faults["first"] = N_("Enter each time once")
    if minutes is None or not SHORTEST <= minutes <= LONGEST:
        faults["minutes"] = N_("Enter how many minutes it takes, from 10 to 240")
    if not remote:
        faults.update(text_faults(place, "place", N_("Enter where you meet"), PLACE_MOST))
    elif not is_web_address(join_url, ("https",)):
        faults["join_url"] = N_("Enter a web address that begins with https://")
    elif len(join_url) > PLACE_MOST:
        faults.update(text_faults(join_url, "join_url", "", PLACE_MOST))
    return faults

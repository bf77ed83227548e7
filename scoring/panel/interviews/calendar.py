"""Writes interviews as iCalendar: the same bytes for the same facts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event, vCalAddress

from marketplace.core.text import on_one_line


@dataclass(frozen=True)
class Appointment:
    """An interview, or another meeting, as one side has it in its calendar.

    Calendars know it again by `id`, whatever becomes of its time, and take the higher `edition`
    for the one that holds. `where` is a place, or the link to join; `page` has more about it.
    """

    id: uuid.UUID
    edition: int
    changed_at: datetime
    starts_at: datetime
    minutes: int
    title: str
    where: str
    page: str
    # What sort of meeting it is, in the one word that begins its identifier.
    kind: str = "interview"


def calendar_of(
    appointments: Sequence[Appointment],
    *,
    public_url: str,
    organiser: str,
    cancelled: bool = False,
) -> str:
    """Write interviews; `organiser` is the address from which the service writes.

    Those that are cancelled are taken out of the calendars that have them.

    Source: RFC 5546, sections 3.2.1 and 4.1.3.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Challenge marketplace//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "PUBLISH")
    for each in appointments:
        event = Event()
        event.add("uid", f"{each.kind}-{each.id}@{urlsplit(public_url).hostname}")
        event.add("dtstamp", each.changed_at)
        event.add("sequence", each.edition)
        event.add("organizer", vCalAddress(f"mailto:{organiser}"))
        event.add("dtstart", each.starts_at)
        event.add("duration", timedelta(minutes=each.minutes))
        event.add("summary", on_one_line(each.title))
        event.add("description", each.page)
        event.add("location", each.where)
        event.add("url", each.page)
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()

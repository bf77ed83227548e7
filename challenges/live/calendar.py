"""Writes a live session as iCalendar: the same bytes for the same facts."""

from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from challenges.live.models import LiveSession
from challenges.models import Challenge


def calendar_of(
    meeting: LiveSession, challenge: Challenge, *, public_url: str, with_link: bool
) -> bytes:
    """Write a session; `with_link` says whether its reader is given the link to join.

    Calendars know it again by its identifier, and take the higher edition for the one that holds.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Challenge marketplace//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    page = f"{public_url}/challenges/{challenge.reference}/sessions/{meeting.id}"
    event = Event()
    event.add("uid", f"session-{meeting.id}@{urlsplit(public_url).hostname}")
    event.add("dtstamp", meeting.changed_at)
    event.add("sequence", meeting.edition)
    event.add("dtstart", meeting.starts_at)
    event.add("duration", timedelta(minutes=meeting.minutes))
    event.add("summary", f"{meeting.title}: {challenge.title}")
    event.add("description", "\n\n".join(part for part in (meeting.about, page) if part))
    event.add("location", meeting.place or (meeting.join_url if with_link else page))
    event.add("url", page)
    event.add("status", "CONFIRMED" if meeting.cancelled_at is None else "CANCELLED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())

"""Writes lists and challenges as Atom and iCalendar: the same bytes for the same facts.

Identifiers stay what they are for good, so that no reader shows a thing twice: an entry's is the
address of its challenge, an event's is made of the challenge's reference.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from feedgenerator import Atom1Feed
from flask_babel import gettext as _
from icalendar import Calendar, Event
from markupsafe import escape

from challenges.deadlines import Moved
from challenges.finding.story import Milestone, Step
from challenges.listing import Listed
from challenges.models import Challenge
from marketplace.core.dates import format_instant

# What a reader fetches at once: it asks often enough to miss nothing.
ENTRIES_MOST = 50
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
# A moment in a calendar needs some length to be seen.
_MOMENT = timedelta(minutes=15)


class _Feed(Atom1Feed):  # type: ignore[misc]  # the library ships no types
    """An Atom feed that was last changed when its newest entry was, also where it has none."""

    def latest_post_date(self) -> datetime:
        """Give that instant."""
        return max((item["updateddate"] for item in self.items), default=_EPOCH)


def said(step: Step) -> str:
    """Say a step in the reader's words."""
    return str(_(step.words, **step.data))


def atom_of_list(
    rows: Iterable[Listed], *, title: str, author: str, public_url: str, page: str, feed: str
) -> bytes:
    """Write the newest challenges of a list; `page` and `feed` are whole addresses."""
    atom = _Feed(title=title, link=page, description=None, feed_url=feed, author_name=author)
    for row in rows:
        address = f"{public_url}/challenges/{row.reference}"
        closes = ""
        if row.ended_at is not None:
            closes = _("Ended at %(when)s.", when=format_instant(row.ended_at))
        elif row.closes_at is not None:
            closes = _("Closes at %(when)s.", when=format_instant(row.closes_at))
        atom.add_item(
            title=row.title,
            link=address,
            unique_id=address,
            description=f"<p>{escape(row.summary)}</p><p>{escape(row.buyer)}. {escape(closes)}</p>",
            pubdate=row.published_at,
            updateddate=row.ended_at or row.published_at,
        )
    return bytes(atom.writeString("utf-8"), "utf-8")


def atom_of_challenge(
    challenge: Challenge, steps: Sequence[Step], *, public_url: str, feed: str
) -> bytes:
    """Write the steps that a challenge has taken, the last one first."""
    address = f"{public_url}/challenges/{challenge.reference}"
    atom = _Feed(
        title=challenge.title,
        link=address,
        description=challenge.summary,
        feed_url=feed,
        author_name=challenge.buyer.name,
    )
    for step in reversed([step for step in steps if not step.coming]):
        atom.add_item(
            title=said(step),
            link=f"{address}/changes/{step.number}" if step.number else address,
            unique_id=f"{address}#{step.kind.value}-{step.number or int(step.at.timestamp())}",
            description=f"<p>{escape(said(step))}: {escape(format_instant(step.at))}</p>",
            pubdate=step.at,
            updateddate=step.at,
        )
    return bytes(atom.writeString("utf-8"), "utf-8")


def calendar_of_list(
    rows: Iterable[Listed], moved: Mapping[uuid.UUID, Moved], *, title: str, public_url: str
) -> bytes:
    """Write when the challenges of a list close; `moved` says which of these instants moved."""
    calendar = _calendar(title)
    for row in rows:
        if row.closes_at is not None and not row.never_closed:
            calendar.add_component(
                _closing(
                    row.reference,
                    row.title,
                    row.closes_at,
                    row.published_at,
                    moved.get(row.id),
                    public_url,
                )
            )
    return bytes(calendar.to_ical())


def calendar_of_challenge(
    challenge: Challenge, steps: Sequence[Step], moved: Moved | None, *, public_url: str
) -> bytes:
    """Write when a challenge closes, until when one may ask, and the days that are planned.

    What ended before its closing time has a closing that is cancelled: a calendar that has it must
    be told.
    """
    calendar = _calendar(challenge.title)
    for step in steps:
        if step.planned or step.kind is Milestone.QUESTIONS:
            calendar.add_component(_date(challenge, step, moved, public_url))
    if challenge.stage.closes_at is not None:
        closing = _closing(
            challenge.reference,
            challenge.title,
            challenge.stage.closes_at,
            challenge.published_at,
            moved,
            public_url,
        )
        if not any(step.kind is Milestone.CLOSES for step in steps):
            _cancel(closing, challenge)
        calendar.add_component(closing)
    return bytes(calendar.to_ical())


def _calendar(title: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//Challenge marketplace//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    return calendar


def _date(challenge: Challenge, step: Step, moved: Moved | None, public_url: str) -> Event:
    event = Event()
    host = urlsplit(public_url).hostname
    event.add("uid", f"{step.kind.value}-{challenge.reference}@{host}")
    _edition(event, challenge.published_at or step.at, moved)
    if step.planned:
        event.add("dtstart", step.at.date())
    else:
        event.add("dtstart", step.at)
        event.add("duration", _MOMENT)
    event.add("summary", f"{said(step)}: {challenge.title}")
    event.add("url", f"{public_url}/challenges/{challenge.reference}")
    event.add("transp", "TRANSPARENT")
    return event


def _closing(
    reference: str,
    title: str,
    closes_at: datetime,
    published_at: datetime | None,
    moved: Moved | None,
    public_url: str,
) -> Event:
    event = Event()
    event.add("uid", f"{Milestone.CLOSES.value}-{reference}@{urlsplit(public_url).hostname}")
    _edition(event, published_at or closes_at, moved)
    event.add("dtstart", closes_at)
    event.add("duration", _MOMENT)
    event.add("summary", _("Bids close: %(title)s", title=title))
    event.add("description", _("At this instant it is too late: submit your bid before."))
    event.add("url", f"{public_url}/challenges/{reference}")
    event.add("transp", "TRANSPARENT")
    return event


def _edition(event: Event, published_at: datetime, moved: Moved | None) -> None:
    """Say which edition of an event this is: calendars take the higher one for what holds.

    Its stamp is not when it was asked for: an answer that never changes need not be sent again.
    """
    event.add("dtstamp", moved.last if moved else published_at)
    event.add("sequence", moved.times if moved else 0)


def _cancel(event: Event, challenge: Challenge) -> None:
    """Say that an event does not take place, in an edition after all others."""
    sequence = int(event.pop("sequence"))
    del event["dtstamp"], event["summary"], event["description"]
    event.add("dtstamp", challenge.ended_at)
    event.add("sequence", sequence + 1)
    event.add("summary", _("No longer open for bids: %(title)s", title=challenge.title))
    event.add("status", "CANCELLED")

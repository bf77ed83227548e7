"""Tells bidders and officers of debrief meetings, with a file for their calendars."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from scoring.award.debriefs.models import Debrief
from scoring.panel.interviews.calendar import Appointment, calendar_of


def tell_asked(session: Session, row: Debrief, clock: Clock) -> None:
    """Ask the body's officers to offer times."""
    bid = row.bid
    telling.queue(
        session,
        telling.officers(session, bid.challenge.buyer_id),
        subject=_("A bidder asks for a debrief meeting: %(title)s", title=bid.challenge.title),
        parts=[
            bid.challenge.title,
            _("%(supplier)s asks you to explain the decision.", supplier=bid.supplier.name),
            *([row.wishes] if row.wishes else []),
            _("Offer it times:"),
            body_page(bid),
        ],
        clock=clock,
    )


def tell_offered(session: Session, row: Debrief, clock: Clock, *, instead: bool) -> None:
    """Tell a bidder which times it can choose from."""
    bid = row.bid
    words = (
        _("The time that stood does not hold any more. Choose another one:")
        if instead
        else _("%(body)s offers you a meeting. Choose a time:", body=bid.challenge.buyer.name)
    )
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=_("Choose a time for your debrief meeting: %(title)s", title=bid.challenge.title),
        parts=[
            bid.challenge.title,
            words,
            "\n".join(format_instant(each.starts_at) for each in row.times),
            own_page(bid),
        ],
        clock=clock,
    )


def tell_chosen(session: Session, row: Debrief, clock: Clock, *, reminded: bool = False) -> None:
    """Tell both sides when they meet, with a file for the calendar."""
    assert row.starts_at is not None
    bid = row.bid
    subject = (
        _("Tomorrow: debrief meeting: %(title)s", title=bid.challenge.title)
        if reminded
        else _("Debrief meeting: %(title)s", title=bid.challenge.title)
    )
    when = _(
        "%(when)s, %(minutes)d minutes",
        when=format_instant(row.starts_at),
        minutes=row.minutes,
    )
    where = row.place or row.join_url or ""
    for people, page in (
        (telling.acting_for(session, bid.supplier_id), own_page(bid)),
        (telling.officers(session, bid.challenge.buyer_id), body_page(bid)),
    ):
        telling.queue(
            session,
            people,
            subject=subject,
            parts=[bid.challenge.title, bid.supplier.name, f"{when}\n{where}", page],
            clock=clock,
            calendar=calendar(row, page),
        )


def tell_declined(session: Session, row: Debrief, words: str, clock: Clock) -> None:
    """Tell officers that none of the times suits."""
    bid = row.bid
    telling.queue(
        session,
        telling.officers(session, bid.challenge.buyer_id),
        subject=_("No time suits for a debrief meeting: %(title)s", title=bid.challenge.title),
        parts=[
            bid.challenge.title,
            _("None of the times suits %(supplier)s.", supplier=bid.supplier.name),
            *([words] if words else []),
            body_page(bid),
        ],
        clock=clock,
    )


def tell_recorded(session: Session, row: Debrief, clock: Clock) -> None:
    """Tell a bidder that the notes of its meeting are there to read."""
    bid = row.bid
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=_("Notes of your debrief meeting: %(title)s", title=bid.challenge.title),
        parts=[
            bid.challenge.title,
            _("The public body has recorded who was there and what was said. Read it here:"),
            own_page(bid),
        ],
        clock=clock,
    )


def calendar(row: Debrief, page: str) -> str:
    """Write the meeting as a file for calendars."""
    assert row.starts_at is not None
    settings = current_settings()
    return calendar_of(
        [
            Appointment(
                id=row.id,
                edition=row.edition,
                changed_at=row.changed_at,
                starts_at=row.starts_at,
                minutes=row.minutes,
                title=_("Debrief meeting: %(title)s", title=row.bid.challenge.title),
                where=row.place or row.join_url or "",
                page=page,
                kind="debrief",
            )
        ],
        public_url=settings.public_url,
        organiser=settings.mail_from,
    )


def own_page(bid: Bid) -> str:
    """Give the full address of the bidder's page."""
    return f"{current_settings().public_url}/bids/{bid.reference}/debrief"


def body_page(bid: Bid) -> str:
    """Give the full address of the body's page."""
    base = f"{current_settings().public_url}/work/challenges/{bid.challenge.reference}"
    later = f"/stages/{bid.stage.ordinal}" if bid.stage.ordinal > 1 else ""
    return f"{base}{later}/decision/debriefs"

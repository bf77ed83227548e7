"""Tells bidders of debrief meetings: on their dashboards, and on the page of the bid."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bids import hooks
from bids.hooks import Told
from bids.lifecycle import OPENED_STATES
from bids.models import Bid
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.award.debriefs.lifecycle import Standing
from scoring.award.debriefs.models import Debrief
from scoring.award.debriefs.queries import meeting_at


def meetings_to_come(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give the meetings for which a time can be chosen, and those that are ahead."""
    suppliers = [each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)]
    if not suppliers:
        return
    rows = session.scalars(
        select(Debrief)
        .join(Bid, Bid.id == Debrief.bid_id)
        .where(Bid.supplier_id.in_(suppliers), Debrief.recorded_at.is_(None))
        .options(joinedload(Debrief.bid).joinedload(Bid.challenge), selectinload(Debrief.times))
    )
    for row in rows:
        found = meeting_at(row, now)
        if found.standing is Standing.OFFERED:
            title, due = _("Choose a time for your debrief meeting"), min(found.free)
        elif found.standing is Standing.AGREED and row.starts_at is not None:
            title, due = _("Come to your debrief meeting"), row.starts_at
        else:
            continue
        yield Todo(
            row.bid.supplier_id,
            Kind.INTERVIEW,
            title,
            "debrief.show",
            {"reference": row.bid.reference},
            about=row.bid.challenge.title,
            due=due,
            deadline=_(
                "%(when)s: in %(left)s.", when=format_instant(due), left=time_left(now, due)
            ),
        )


def on_bid(session: Session, bid: Bid, _now: datetime) -> Iterator[Told]:
    """Tell on the page of a bid that there is a meeting about it."""
    if bid.state not in OPENED_STATES:
        return
    asked = session.scalar(select(Debrief.id).where(Debrief.bid_id == bid.id).limit(1))
    if asked is not None:
        yield Told(
            _("Your debrief meeting"),
            _("The public body explains its decision to you."),
            _("See the meeting"),
            "debrief.show",
            {"reference": bid.reference},
        )


todos.register("scoring.award.debriefs", meetings_to_come)
hooks.on_own_bid.append(on_bid)

"""Tells suppliers' dashboards of outcomes: while a standstill runs, and in any case for a week."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from bids.lifecycle import OPENED_STATES
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.award.models import Intention
from scoring.award.standing import intention_stands

# Where no standstill runs nothing else would tell a bidder to look.
TOLD_FOR = timedelta(days=7)


def outcomes_to_read(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give the suppliers' bids whose outcome was told lately, or whose standstill runs."""
    suppliers = [each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)]
    if not suppliers:
        return
    rows = session.execute(
        select(Bid.supplier_id, Bid.reference, Challenge.title, Intention.standstill_ends_at)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Intention, Intention.stage_id == Bid.stage_id)
        # Several that win are announced at one instant: a bid is told once.
        .distinct()
        .where(
            Bid.supplier_id.in_(suppliers),
            Bid.state.in_(OPENED_STATES),
            Challenge.state == State.INTENTION,
            intention_stands(),
            or_(Intention.standstill_ends_at > now, Intention.announced_at > now - TOLD_FOR),
        )
    )
    for row in rows:
        runs = row.standstill_ends_at > now
        yield Todo(
            row.supplier_id,
            Kind.OUTCOME,
            _("Read the outcome of your bid"),
            "award.outcome",
            {"reference": row.reference},
            about=row.title,
            due=row.standstill_ends_at if runs else None,
            deadline=_(
                "No contract is signed before %(when)s: %(left)s left to raise anything.",
                when=format_instant(row.standstill_ends_at),
                left=time_left(now, row.standstill_ends_at),
            )
            if runs
            else "",
        )


todos.register("scoring.award", outcomes_to_read)

"""Tells bidders of interviews: on their dashboards, and on the page of the bid."""

import uuid
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bids import hooks
from bids.hooks import Told
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from challenges.models import Challenge
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.panel.interviews.lifecycle import Standing
from scoring.panel.interviews.models import Interview, InterviewSlot
from scoring.panel.interviews.policy import is_free
from scoring.panel.interviews.queries import RUNNING, standing_now
from scoring.panel.models import Panel


def interviews_to_come(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give the bids for which a time can be chosen, and the interviews that are ahead."""
    suppliers = [each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)]
    if not suppliers:
        return
    rows = session.execute(
        select(Bid.supplier_id, Bid.reference, Bid.stage_id, Challenge.title, Interview)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Panel, Panel.stage_id == Bid.stage_id)
        .outerjoin(Interview, Interview.bid_id == Bid.id)
        .where(
            Bid.supplier_id.in_(suppliers),
            Bid.state == BidState.VALID,
            Challenge.state.in_(RUNNING),
            Panel.moderation_began_at.is_(None),
            exists().where(InterviewSlot.stage_id == Bid.stage_id),
        )
    ).all()
    if not rows:
        return
    offered = _slots(session, {row.stage_id for row in rows})
    for row in rows:
        # Its time is read above, with all the others of its panel.
        standing = standing_now(row.Interview, now)
        if standing is Standing.CHOSEN:
            title, due = _("Come to your interview"), row.Interview.slot.starts_at
            deadline = _(
                "%(when)s: in %(left)s.",
                when=format_instant(due),
                left=time_left(now, due),
            )
        elif standing is Standing.OPEN:
            free = [s for s, taken in offered[row.stage_id] if is_free(s, now, taken=taken)]
            if not free:
                continue
            title, due = _("Choose a time for your interview"), max(s.choose_by for s in free)
            deadline = _("Choose before %(when)s.", when=format_instant(due))
        else:
            continue
        yield Todo(
            row.supplier_id,
            Kind.INTERVIEW,
            title,
            "interview.show",
            {"reference": row.reference},
            about=row.title,
            due=due,
            deadline=deadline,
        )


def _slots(
    session: Session, stages: set[uuid.UUID]
) -> Mapping[uuid.UUID, list[tuple[InterviewSlot, bool]]]:
    """Give the times that panels offer by stage, each with whether it is taken."""
    found: dict[uuid.UUID, list[tuple[InterviewSlot, bool]]] = defaultdict(list)
    for slot, taken in session.execute(
        select(InterviewSlot, Interview.id)
        .outerjoin(Interview, Interview.slot_id == InterviewSlot.id)
        .where(InterviewSlot.stage_id.in_(stages), InterviewSlot.withdrawn_at.is_(None))
    ):
        found[slot.stage_id].append((slot, taken is not None))
    return found


def on_bid(session: Session, bid: Bid, now: datetime) -> Iterator[Told]:
    """Tell on the page of a bid that there is an interview about it."""
    if bid.state not in OPENED_STATES:
        return
    interview = session.scalar(select(Interview).where(Interview.bid_id == bid.id))
    choose_by = session.scalar(
        select(func.max(InterviewSlot.choose_by)).where(InterviewSlot.stage_id == bid.stage_id)
    )
    invited = bid.state is BidState.VALID and choose_by is not None
    if interview is None and not invited:
        return
    standing = standing_now(interview, now)
    if standing is Standing.CHOSEN and interview is not None and interview.slot is not None:
        text = _("You meet: %(when)s.", when=format_instant(interview.slot.starts_at))
    elif standing is Standing.OPEN and choose_by is not None and now < choose_by:
        text = _(
            "The public body would like to meet you. Choose before %(when)s.",
            when=format_instant(choose_by),
        )
    elif standing is Standing.OPEN:
        text = _("The public body would like to meet you.")
    else:
        text = ""
    yield Told(
        _("Your interview"),
        text,
        _("Choose a time") if standing is Standing.OPEN else _("See your interview"),
        "interview.show",
        {"reference": bid.reference},
    )


todos.register("scoring.panel.interviews", interviews_to_come)
hooks.on_own_bid.append(on_bid)

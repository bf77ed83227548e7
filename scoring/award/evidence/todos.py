"""Tells a preferred bidder what it is asked for: on its dashboard, and on the page of its bid."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from bids import hooks
from bids.hooks import Told
from bids.lifecycle import OPENED_STATES
from bids.models import Bid
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.award.evidence import queries
from scoring.award.evidence.models import EvidenceRequest


def documents_to_show(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give each document that a person's organisations can still show something for."""
    suppliers = [each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)]
    if not suppliers:
        return
    for request in queries.waiting_of(session, suppliers, now):
        yield Todo(
            request.bid.supplier_id,
            Kind.EVIDENCE,
            _("Show a document: %(document)s", document=request.document),
            "asked_of_us.give",
            {"reference": request.bid.reference, "number": request.number},
            about=request.bid.challenge.title,
            due=request.limit,
            deadline=_(
                "Before %(when)s: %(left)s left.",
                when=format_instant(request.limit),
                left=time_left(now, request.limit),
            ),
        )


def on_bid(session: Session, bid: Bid, _now: datetime) -> Iterator[Told]:
    """Tell on the page of a bid that documents were asked for."""
    if bid.state not in OPENED_STATES:
        return
    if session.scalar(select(exists().where(EvidenceRequest.bid_id == bid.id))):
        yield Told(
            _("Documents that you are asked to show"),
            _("Before it decides, the public body asks you for evidence."),
            _("See the documents"),
            "asked_of_us.index",
            {"reference": bid.reference},
        )


todos.register("scoring.award.evidence", documents_to_show)
hooks.on_own_bid.append(on_bid)

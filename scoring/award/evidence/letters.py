"""The messages about evidence of preferred bidders: short, with the page, without what was said."""

from datetime import datetime
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges import telling
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from scoring.award import queries as awards

if TYPE_CHECKING:
    from scoring.award.evidence.queries import EvidencePage


def tell_asked(
    session: Session, bid: Bid, answer_by: datetime, how_many: int, clock: Clock
) -> None:
    """Tell the supplier's people what is wanted, by when, and that it decides nothing yet."""
    challenge = bid.challenge
    _to_the_supplier(
        session,
        bid,
        _("Documents for your bid: %(title)s", title=challenge.title),
        _(
            "%(body)s asks you to show %(count)d documents before %(limit)s. It asks before it "
            "decides: this is not yet an award.",
            body=challenge.buyer.name,
            count=how_many,
            limit=format_instant(answer_by),
        )
        if how_many > 1
        else _(
            "%(body)s asks you to show a document before %(limit)s. It asks before it decides: "
            "this is not yet an award.",
            body=challenge.buyer.name,
            limit=format_instant(answer_by),
        ),
        clock,
    )


def tell_extended(session: Session, bid: Bid, answer_by: datetime, clock: Clock) -> None:
    """Tell the supplier's people that they have more time."""
    _to_the_supplier(
        session,
        bid,
        _("More time for documents: %(title)s", title=bid.challenge.title),
        _(
            "You can show the document that you were asked for until %(limit)s.",
            limit=format_instant(answer_by),
        ),
        clock,
    )


def tell_answered(session: Session, bid: Bid, number: int, clock: Clock) -> None:
    """Tell the body's officers that something came in."""
    challenge = bid.challenge
    telling.queue(
        session,
        telling.officers(session, challenge.buyer_id),
        subject=_("Evidence came in: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _(
                "The bidder of %(bid)s has given something for document %(number)d. Decide about "
                "it once all is there.",
                bid=bid.reference,
                number=number,
            ),
            _at_work(bid),
        ],
        clock=clock,
    )


def tell_failed(session: Session, page: "EvidencePage", bid: Bid, clock: Clock) -> None:
    """Tell the chair that a bid is to be recommended anew."""
    chair = awards.chair_id(page.decision.panel)
    telling.queue(
        session,
        telling.people(session, [chair] if chair else []),
        subject=_("Recommend a bid anew: %(title)s", title=page.challenge.title),
        parts=[
            page.challenge.title,
            _(
                "The bidder of %(bid)s cannot have the contract. The result was computed again "
                "without it. Read what changed, then recommend a bid.",
                bid=bid.reference,
            ),
            _at_decision(bid),
        ],
        clock=clock,
    )


def _to_the_supplier(session: Session, bid: Bid, subject: str, text: str, clock: Clock) -> None:
    telling.queue(
        session,
        telling.acting_for(session, bid.supplier_id),
        subject=subject,
        parts=[
            bid.challenge.title,
            text,
            f"{current_settings().public_url}/bids/{bid.reference}/documents-asked",
        ],
        clock=clock,
    )


def _at_work(bid: Bid) -> str:
    return f"{_at_decision(bid)}/evidence"


def _at_decision(bid: Bid) -> str:
    stage = f"/stages/{bid.stage.ordinal}" if bid.stage.ordinal > 1 else ""
    site = current_settings().public_url
    return f"{site}/work/challenges/{bid.challenge.reference}{stage}/decision"

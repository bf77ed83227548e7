"""The messages about queries to bidders: short, with the page, and without what was said."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.asking.models import BidQuery
from challenges import telling
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant


def tell_asked(session: Session, challenge: Challenge, query: BidQuery, clock: Clock) -> None:
    """Tell the supplier's people that the body asks something about their bid."""
    _to_the_supplier(
        session,
        challenge,
        query,
        subject=_("A query about your bid: %(title)s", title=challenge.title),
        text=_(
            "%(body)s asks you to explain or complete something in your bid. Answer before "
            "%(limit)s. An answer that arrives at that time is too late.",
            body=challenge.buyer.name,
            limit=format_instant(query.answer_by),
        ),
        clock=clock,
    )


def tell_extended(session: Session, challenge: Challenge, query: BidQuery, clock: Clock) -> None:
    """Tell the supplier's people that they have more time."""
    _to_the_supplier(
        session,
        challenge,
        query,
        subject=_("More time to answer: %(title)s", title=challenge.title),
        text=_(
            "You can answer the query about your bid until %(limit)s.",
            limit=format_instant(query.answer_by),
        ),
        clock=clock,
    )


def tell_withdrawn(session: Session, challenge: Challenge, query: BidQuery, clock: Clock) -> None:
    """Tell the supplier's people that nothing is to be answered any more."""
    _to_the_supplier(
        session,
        challenge,
        query,
        subject=_("A query was taken back: %(title)s", title=challenge.title),
        text=_("The query about your bid was taken back. You need do nothing."),
        clock=clock,
    )


def tell_answered(session: Session, challenge: Challenge, query: BidQuery, clock: Clock) -> None:
    """Tell the body's officers that an answer waits for their decision."""
    site, bid = current_settings().public_url, query.bid.reference
    telling.queue(
        session,
        telling.officers(session, challenge.buyer_id),
        subject=_("A query was answered: %(title)s", title=challenge.title),
        parts=[
            challenge.title,
            _(
                "The bidder has answered query %(number)d about bid %(bid)s. Decide about the "
                "answer.",
                number=query.number,
                bid=bid,
            ),
            f"{site}/work/challenges/{challenge.reference}/bids/{bid}/queries/{query.number}",
        ],
        clock=clock,
    )


def _to_the_supplier(
    session: Session,
    challenge: Challenge,
    query: BidQuery,
    *,
    subject: str,
    text: str,
    clock: Clock,
) -> None:
    address = f"{current_settings().public_url}/bids/{query.bid.reference}/queries/{query.number}"
    telling.queue(
        session,
        telling.acting_for(session, query.bid.supplier_id),
        subject=subject,
        parts=[challenge.title, text, address],
        clock=clock,
    )

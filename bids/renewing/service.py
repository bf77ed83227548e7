"""Confirms a bid after the challenge changed: what was submitted is sealed again, as a new version.

The new version answers the plan that holds now and stands behind the change in the log; so anybody
who reads the chain sees that the supplier knew of the change.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from bids import drafts, envelopes, policy, queries
from bids.documents import Content
from bids.models import Bid, Submission
from bids.renewing.queries import is_awaited
from bids.service.submitting import NOTHING_SUBMITTED, submit_again
from bids.team.joining import join
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure


def confirm_bid(
    reference: str,
    *,
    actor: Actor,
    arrived: datetime,
    clock: Clock,
    checked_change: int | None = None,
) -> Submission:
    """Submit again, unchanged, what stands submitted, and give the new version.

    `arrived` and `checked_change` are as for `submit_bid`. A bid that counts already is left as it
    is.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or it is not submitted.
        Forbidden: the actor is no administrator of the supplier.
        TooLate, StaleEdit, WrongMoment: as for `submit_again`.
        Invalid: what was submitted does not answer all that is asked now.
        Unreadable: the supplier's own copy cannot be read.
    """
    ensure(policy.can_submit(actor))
    session: Session = db.session()
    bid = queries.own_bid(session, reference, actor)
    current = queries.submission(session, bid.id, bid.current_version)
    if current is None:
        raise NotFound(NOTHING_SUBMITTED)
    if not is_awaited(session, bid):
        return current
    return submit_again(
        reference,
        read=_as_asked_now,
        actor=actor,
        arrived=arrived,
        clock=clock,
        checked_change=checked_change,
    )


def _as_asked_now(session: Session, bid: Bid) -> Content:
    current = queries.submission(session, bid.id, bid.current_version)
    if current is None:
        raise NotFound(NOTHING_SUBMITTED)
    return submitted_content(session, bid, current)


def submitted_content(session: Session, bid: Bid, submission: Submission) -> Content:
    """Give what a submission says to the questions that are asked now.

    Raises:
        Unreadable: the supplier's own copy cannot be read.
    """
    held = envelopes.own_document(session, bid, submission).content
    return drafts.as_asked(bid.stage, held)


def gaps_of(session: Session, bid: Bid, content: Content, now: datetime) -> list[policy.Gap]:
    """List what content lacks before it could be submitted for the challenge as it is now."""
    declaration = queries.current_declaration(session, bid.supplier_id)
    return policy.gaps(
        drafts.asked_of(bid.stage),
        content,
        eligible_until=declaration.expires_at if declaration else None,
        now=now,
        team=join(session, bid, content, now).gaps,
    )

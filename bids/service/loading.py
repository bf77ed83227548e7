"""Loads and locks what a change to a bid touches, always in the same order.

The order is challenge, bid, log. Whoever keeps to it never waits for somebody who waits for him:
the opening takes the challenge and then all its bids, a submission its challenge and then its own.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from bids.queries import NO_SUCH_BID
from challenges.models import Challenge, Stage
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor


def locked_bid(session: Session, reference: str, actor: Actor) -> tuple[Bid, Challenge]:
    """Give a bid of the actor's own organisation, locked, and its challenge, held as it is.

    Other bids of the challenge can be submitted meanwhile; its state cannot change.

    Raises:
        NotFound: there is no such bid, or it is another supplier's.
    """
    own = (Bid.reference == reference, Bid.supplier_id == actor.organisation_id)
    challenge = session.scalar(
        select(Challenge)
        .where(Challenge.id == select(Bid.challenge_id).where(*own).scalar_subquery())
        .with_for_update(read=True)
    )
    bid = session.scalar(select(Bid).where(*own).with_for_update())
    if challenge is None or bid is None:
        raise NotFound(NO_SUCH_BID)
    return bid, challenge


def locked_bids(session: Session, stage: Stage) -> Sequence[Bid]:
    """Give all bids of a stage, locked; submissions that are being recorded end first."""
    return session.scalars(
        select(Bid).where(Bid.stage_id == stage.id).order_by(Bid.id).with_for_update()
    ).all()

"""Takes back an invitation to a later stage, where the work before it ended with lessons learned or
who goes on is decided again, and asks other rooms before such a stage begins."""

import uuid
from collections.abc import Callable, Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidEvent, BidState, after
from bids.models import Bid
from bids.service.drafting import mark_changed
from challenges.models import Stage
from marketplace.core.clock import Clock
from marketplace.core.permissions import ALLOWED, Answer

# Each answers whether a stage may begin; rooms above say it here when they are imported.
Hold = Callable[[Session, Stage], Answer]
before_begin: list[Hold] = []


def may_begin(session: Session, stage: Stage) -> Answer:
    """Answer whether anything that comes before a stage keeps it from beginning."""
    for hold in before_begin:
        if not (answer := hold(session, stage)).allowed:
            return answer
    return ALLOWED


def invited_before(session: Session, bids: Collection[Bid]) -> dict[uuid.UUID, Bid]:
    """Give the bids to which these led, by the one that led there, and hold them."""
    found = session.scalars(
        select(Bid).where(Bid.previous_id.in_([bid.id for bid in bids])).with_for_update()
    )
    return {bid.previous_id: bid for bid in found if bid.previous_id is not None}


def take_back(session: Session, bid: Bid, *, clock: Clock) -> None:
    """Take back the invitation that followed from a bid; one that was taken up stays.

    The caller holds the challenge's row locked and records why.
    """
    following = session.scalar(
        select(Bid)
        .where(Bid.previous_id == bid.id, Bid.state == BidState.INVITED)
        .with_for_update()
    )
    if following is None:
        return
    following.state = after(following.state, BidEvent.TAKE_BACK)
    mark_changed(following, clock)
    session.flush()

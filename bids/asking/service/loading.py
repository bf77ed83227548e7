"""Loads and locks what a change to a query touches, in the order of all rooms of bids."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import opened
from bids.asking import queries
from bids.asking.models import BidQuery
from bids.models import Bid
from bids.queries import NO_SUCH_BID
from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor


def locked_opened_bid(
    session: Session, reference: str, bid_reference: str, actor: Actor
) -> tuple[Challenge, Bid]:
    """Give a challenge of the actor's body and one of its opened bids, both locked.

    Raises:
        NotFound: there is no such challenge or bid. Before the opening an officer is told nothing,
            not even that a bid is there.
    """
    challenge = own_challenge(session, reference, actor, lock=True)
    bid = session.scalar(
        select(Bid)
        .where(Bid.challenge_id == challenge.id, Bid.reference == bid_reference)
        .with_for_update()
    )
    if bid is None or not opened.is_opened(session, bid.stage_id):
        raise NotFound(NO_SUCH_BID)
    return challenge, bid


def locked_query(
    session: Session, reference: str, bid_reference: str, number: int, actor: Actor
) -> tuple[Challenge, BidQuery]:
    """Give a query of the actor's body, read afresh while its bid is locked.

    Raises:
        NotFound: there is no such challenge, opened bid or query.
    """
    challenge, _bid = locked_opened_bid(session, reference, bid_reference, actor)
    return challenge, queries.query_of(session, challenge, bid_reference, number)

"""What the room of bids tells the rooms above it, inside its own transaction."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.models import Challenge
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor


@dataclass(frozen=True)
class Found:
    """What was found about an opened bid, why, and the state it had before."""

    bid: Bid
    before: BidState
    reason: str


@dataclass(frozen=True)
class Told:
    """What a room above tells on the page of a supplier's own bid, in words for the person.

    `link` leads to the page `endpoint` with `params`.
    """

    title: str
    text: str
    link: str
    endpoint: str
    params: Mapping[str, object]


# Asked for each page of a bid that is shown to its supplier.
on_own_bid: list[Callable[[Session, Bid, datetime], Iterable[Told]]] = []


def told_of(session: Session, bid: Bid, now: datetime) -> list[Told]:
    """Ask every room that tells something on the page of an own bid."""
    return [told for tell in on_own_bid for told in tell(session, bid, now)]


Hook = Callable[[Session, Challenge, Found, Actor, Clock], None]

# Called after a decision about an opened bid is recorded; what a hook raises undoes the decision.
after_finding: list[Hook] = []


def emit_finding(
    session: Session, challenge: Challenge, found: Found, actor: Actor, clock: Clock
) -> None:
    """Call every hook in the order of registration."""
    for hook in after_finding:
        hook(session, challenge, found, actor, clock)

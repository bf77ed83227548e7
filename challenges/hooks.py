"""What challenges must ask of bids, which stand above them: bids say it here when imported."""

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from challenges.models import Challenge, Criterion, Stage
from marketplace.core.clock import Clock


@dataclass(frozen=True)
class Party:
    """A person who acts for a supplier with a bid on a challenge.

    `submitted` tells whether a submitted version stands, opened or not; `drafted` whether there is
    a draft; `awaited` whether what was submitted does not count until it is confirmed.
    """

    user_id: uuid.UUID
    bid: str
    submitted: bool
    drafted: bool
    awaited: bool


@dataclass(frozen=True)
class OfBids:
    """What the room of bids answers, each within the caller's transaction.

    `opening_began` tells whether two officers have signed for the opening of a stage's bids, or it
    is done. `bidders` gives the people of every supplier that has a draft or a submitted bid in any
    stage of a challenge; `parties` gives those of one stage with their bids. `await_confirmation`
    has suppliers reminded, until the closing that holds, to confirm what they submitted before the
    change of that number. `invited` counts the suppliers who were invited to each of some stages,
    where any were.
    """

    opening_began: Callable[[Session, Stage], bool]
    bidders: Callable[[Session, Challenge], Collection[uuid.UUID]]
    parties: Callable[[Session, Stage], Sequence[Party]]
    await_confirmation: Callable[[Session, Challenge, int, Clock], None]
    invited: Callable[[Session, Collection[uuid.UUID]], Mapping[uuid.UUID, int]]


# Called within the transaction that publishes a change, with the criteria that it takes out, before
# they are deleted. Whoever has something that rests on them lets go of it, or refuses the change.
CriteriaHook = Callable[[Session, Stage, Sequence[Criterion]], None]
before_criteria_go: list[CriteriaHook] = []

# Called within the transaction that ends a published challenge without a contract, or stops it.
after_end: list[Callable[[Session, Challenge, Clock], None]] = []

# The kind of the job that is written when a challenge is published; saved searches do it.
ON_PUBLICATION = "alerts.published"

_registered: list[OfBids] = []


def register(answers: OfBids) -> None:
    """Say who answers from now on."""
    _registered[:] = [answers]


def of_bids() -> OfBids:
    """Give who answers.

    Raises:
        LookupError: nobody has registered. Moving a deadline while bids are being opened would be
            worse than not moving it.
    """
    if not _registered:
        raise LookupError("the room of bids is not imported")
    return _registered[0]


def emit_end(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Tell the rooms above that a challenge has ended."""
    for hook in after_end:
        hook(session, challenge, clock)

"""Who may end a challenge without a contract, and when. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges.lifecycle import NoAward, State
from challenges.policy import current_state
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

# From publication until a contract is signed.
ENDABLE = frozenset({State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING, State.INTENTION})

# What nobody can know before bids are read, and what is known once one is judged.
_OF_BIDS_READ = frozenset({NoAward.NO_SUITABLE_BID, NoAward.TOO_DEAR})
_READ = frozenset({State.OPENED, State.EVALUATING, State.INTENTION})
_MAY_BE_EMPTY = frozenset({State.CLOSED, State.OPENED})


def reasons_at(state: State) -> tuple[NoAward, ...]:
    """Give why a challenge in this state may end without a contract, in their order.

    While bids are sealed none is known to be unsuitable or too dear; before closing one may still
    come; and what is being judged was sent.
    """
    left_out = set() if state in _READ else set(_OF_BIDS_READ)
    if state not in _MAY_BE_EMPTY:
        left_out.add(NoAward.NO_BID)
    return tuple(each for each in NoAward if each not in left_out)


def can_end(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may end a published challenge without a contract."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_CANCEL):
        return lacks_right(N_("Only a procurement officer ends a challenge without a contract."))
    if current_state(challenge, now) not in ENDABLE:
        return wrong_moment(
            N_(
                "A challenge ends without a contract after its publication and before a contract "
                "is signed."
            )
        )
    return ALLOWED


def kept_until(ended_at: datetime, years: int) -> datetime:
    """Give until when at least the records of an ended challenge are kept, its bids among them.

    One that ended on 29 February is kept until 1 March.
    """
    try:
        return ended_at.replace(year=ended_at.year + years)
    except ValueError:
        return ended_at.replace(year=ended_at.year + years, month=3, day=1)

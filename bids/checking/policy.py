"""When a challenge can be checked. Pure."""

from datetime import datetime

from challenges.lifecycle import State, state_at
from marketplace.core.permissions import ALLOWED, Answer, wrong_moment
from marketplace.core.text import N_


def can_check(state: State, closes_at: datetime | None, now: datetime) -> Answer:
    """Answer whether a challenge in the stored `state` can be checked: while it takes bids."""
    if state_at(state, closes_at, now) is not State.OPEN:
        return wrong_moment(
            N_("This challenge takes no bids now, so there is nothing to check. Look for others.")
        )
    return ALLOWED

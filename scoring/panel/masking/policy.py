"""Who may mask words in answers, and until when. Pure."""

from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_


def can_mask(actor: Actor, *, judges: bool, names_withheld: bool, state: State) -> Answer:
    """Answer whether the actor may mask words: an officer who does not judge these bids.

    From the opening until scoring begins: what the panel has read cannot be taken back.
    """
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only procurement officers mask names in answers."))
    if judges:
        return lacks_right(
            N_("You sit on a panel that judges bids of this challenge without names.")
        )
    if not names_withheld:
        return wrong_moment(N_("This panel sees who bids, so there is nothing to mask."))
    if state is not State.OPENED:
        return wrong_moment(
            N_("Names are masked after the bids are opened and before scoring begins.")
        )
    return ALLOWED

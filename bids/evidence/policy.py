"""Who may record, withdraw, share and see that evidence was checked. Pure."""

from bids.lifecycle import OPENED_STATES, BidState
from challenges.lifecycle import AWARDED_STATES, State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

# From the opening until the contract is signed; a challenge that ended needs no evidence.
_CHECKED_IN = AWARDED_STATES | {State.OPENED, State.EVALUATING}


def can_see(actor: Actor, *, opened: bool) -> Answer:
    """Answer whether the actor may see what was checked about a bidder of its own body."""
    if not actor.may(Permission.ELIGIBILITY_DECIDE) and not actor.may(Permission.RECORD_AUDIT):
        return lacks_right(N_("Only procurement officers and auditors see checked evidence."))
    if not opened:
        return wrong_moment(N_("The bids have not been opened."))
    return ALLOWED


def can_check(actor: Actor, state: State, bid: BidState) -> Answer:
    """Answer whether the actor may record a check about an opened bid of its own body."""
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only procurement officers record that they checked evidence."))
    if state not in _CHECKED_IN or bid not in OPENED_STATES:
        return wrong_moment(
            N_("Evidence is checked after the bids are opened, until the challenge has ended.")
        )
    return ALLOWED


def can_withdraw(actor: Actor, *, withdrawn: bool) -> Answer:
    """Answer whether the actor may withdraw a check of its own body, whenever a doubt comes."""
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only procurement officers withdraw a check."))
    if withdrawn:
        return wrong_moment(N_("This check has been withdrawn already."))
    return ALLOWED


def can_share(actor: Actor) -> Answer:
    """Answer whether the actor may let other bodies see what was checked about its supplier."""
    if not actor.may(Permission.SUPPLIER_DECLARE):
        return lacks_right(
            N_("Only a supplier administrator decides who sees what was checked about you.")
        )
    return ALLOWED

"""Who reads contracts, tells more of them and changes them, and when. Pure."""

import uuid

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
from scoring.award.policy import UNNAMED

# Those who lead, buy, approve and audit. A panel that judges again later needs none of it.
READERS = (
    Permission.CHALLENGE_WRITE,
    Permission.CONTRACT_SIGN,
    Permission.AWARD_APPROVE,
    Permission.RECORD_AUDIT,
)
_OVER = frozenset({State.CANCELLED})
_OVER_BY_ORDER = N_("A court’s order brought this contract to an end, so it is not changed.")


def can_read(actor: Actor, *, unnamed: bool) -> Answer:
    """Tell whether the actor may read who has a contract.

    `unnamed`: the actor judges or observes a stage without names, and must not know whose bid is
    which; who has a contract for the work before it would tell.
    """
    if not any(actor.may(permission) for permission in READERS):
        return lacks_right(
            N_("Contracts are for the lead, procurement officers, approvers and auditors.")
        )
    if unnamed:
        return lacks_right(UNNAMED)
    return ALLOWED


def can_tell_more(actor: Actor) -> Answer:
    """Tell whether the actor may record a purchase order and who manages a contract."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records this of a contract."))
    return ALLOWED


def can_describe(actor: Actor, state: State, *, waits: bool, over: bool = False) -> Answer:
    """Tell whether the actor may describe a change of a signed contract.

    `waits`: an earlier change of it waits for another person's answer; `over`: a court's order
    brought it to an end.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer changes a contract."))
    if state in _OVER:
        return wrong_moment(N_("The challenge ended without a contract, so there is no change."))
    if over:
        return wrong_moment(_OVER_BY_ORDER)
    if waits:
        return wrong_moment(
            N_("A change of this contract waits for an approver already. One follows the other.")
        )
    return ALLOWED


def can_answer(
    actor: Actor, *, described_by_id: uuid.UUID, waits: bool, over: bool = False
) -> Answer:
    """Tell whether the actor may confirm a change of money or supplier, or return it.

    `over`: it is to be confirmed, and a court's order brought the contract to an end.
    """
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver confirms a change of money or supplier."))
    if actor.user_id == described_by_id:
        return lacks_right(N_("You described this change, so another person must confirm it."))
    if not waits:
        return wrong_moment(N_("This change waits for no answer: it is in force, or was answered."))
    if over:
        return wrong_moment(_OVER_BY_ORDER)
    return ALLOWED

"""Who records what a court ordered about a signed contract, and who confirms it. Pure."""

import uuid

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_


def can_record(actor: Actor, *, waits: bool, ineffective: bool) -> Answer:
    """Answer whether the actor may record an order about a contract.

    `waits` tells that one waits for its second person, `ineffective` that a court has declared the
    contract so.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records what a court ordered."))
    if ineffective:
        return wrong_moment(N_("A court has declared this contract ineffective already."))
    if waits:
        return wrong_moment(
            N_("An order about this contract waits for a second person. One follows the other.")
        )
    return ALLOWED


def can_answer(actor: Actor, *, recorded_by_id: uuid.UUID, waits: bool) -> Answer:
    """Answer whether the actor may confirm or return a recorded order."""
    if not actor.may(Permission.CONTRACT_SIGN) and not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only a procurement officer or an approver confirms this."))
    if actor.user_id == recorded_by_id:
        return lacks_right(N_("You recorded this, so another person must confirm it."))
    if not waits:
        return wrong_moment(N_("This order was confirmed or returned already."))
    return ALLOWED

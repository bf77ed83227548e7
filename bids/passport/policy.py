"""Who may answer for a supplier. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Permission, lacks_right
from marketplace.core.text import N_


def can_answer(actor: Actor) -> Answer:
    """Answer whether the actor may fill in its organisation's passport."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Only people who act for a supplier have a passport to fill in."))
    return ALLOWED

"""Who may see a body's awards with their evidence. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Permission, lacks_right
from marketplace.core.text import N_


def can_read_awards(actor: Actor) -> Answer:
    """Tell whether the actor may have the list of the body's awards.

    Procurement officers may: they answer the auditor's questions, and the list tells them nothing
    that they do not know. What the full edition says is for auditors alone: `reads_full`.
    """
    if actor.may(Permission.CONTRACT_SIGN) or actor.may(Permission.RECORD_AUDIT):
        return ALLOWED
    return lacks_right(
        N_("The awards with their evidence are for the body’s procurement officers and auditors.")
    )


def reads_full(actor: Actor) -> bool:
    """Tell whether the actor may have the full edition, what came of its check, and its data."""
    return actor.may(Permission.RECORD_AUDIT)

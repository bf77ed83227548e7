"""Who may change how a body presents itself. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Role, lacks_right
from marketplace.core.text import N_


def can_change(actor: Actor) -> Answer:
    """Tell whether the actor may change the own body's letterhead: who sends its letters may."""
    if Role.PROCUREMENT_OFFICER not in actor.roles:
        return lacks_right(N_("Only a procurement officer changes the letterhead."))
    return ALLOWED

"""Who may have the evidence behind an award. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Permission, lacks_right
from marketplace.core.text import N_


def can_audit(actor: Actor) -> Answer:
    """Tell whether the actor may have the full edition and the evaluation document."""
    if not actor.may(Permission.RECORD_AUDIT):
        return lacks_right(N_("The full report and its data are for the body’s auditors."))
    return ALLOWED

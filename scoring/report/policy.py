"""Who may have the evidence behind an award. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Permission, lacks_right
from marketplace.core.text import N_
from scoring.award.policy import UNNAMED


def can_audit(actor: Actor, *, unnamed: bool) -> Answer:
    """Tell whether the actor may have the full edition and the evaluation document.

    `unnamed`: the actor judges or observes, and must not know yet whose bid is which.
    """
    if not actor.may(Permission.RECORD_AUDIT):
        return lacks_right(N_("The full report and its data are for the body’s auditors."))
    if unnamed:
        return lacks_right(UNNAMED)
    return ALLOWED

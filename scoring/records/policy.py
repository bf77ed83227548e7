"""Who may have the lists and files of a body's purchases. Pure."""

from marketplace.core.permissions import ALLOWED, Actor, Answer, Permission, lacks_right
from marketplace.core.text import N_


def can_read_lists(actor: Actor) -> Answer:
    """Tell whether the actor may have the lists of the body's purchases."""
    if actor.may(Permission.CONTRACT_SIGN) or actor.may(Permission.RECORD_AUDIT):
        return ALLOWED
    return lacks_right(
        N_("The lists of all purchases are for the body’s procurement officers and auditors.")
    )


def can_sample(actor: Actor) -> Answer:
    """Tell whether the actor may draw a sample."""
    if actor.may(Permission.RECORD_AUDIT):
        return ALLOWED
    return lacks_right(N_("An auditor draws the sample."))

"""Who may copy, write to and adopt another body's challenge. Pure."""

from typing import TYPE_CHECKING

from challenges.lifecycle import AWARDED
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

_OWN = N_("This challenge is your own organisation's.")
_WRITERS = N_("Only a challenge lead or a procurement officer does this.")


def can_contact(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may write to the body whose published challenge this is."""
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(_WRITERS)
    return lacks_right(_OWN) if actor.organisation_id == challenge.buyer_id else ALLOWED


def can_adopt(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may say that their body wants to use what came out of it."""
    answer = can_contact(actor, challenge)
    if not answer.allowed or challenge.state in AWARDED:
        return answer
    return wrong_moment(N_("A result can be adopted once a contract has been signed."))

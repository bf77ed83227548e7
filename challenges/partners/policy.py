"""Who may open a draft to partners, read such drafts, write to their leads and connect. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges import policy
from challenges.lifecycle import UNPUBLISHED
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

MESSAGE_MOST = 5_000
NOTE_MOST = 2_000
DAILY_MOST = 10


def can_offer(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may open a draft to partners, or close it to them."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer looks for partners."))
    if policy.current_state(challenge, now) not in UNPUBLISHED:
        return wrong_moment(N_("Partners are looked for before the challenge is published."))
    return ALLOWED


def can_write_to(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may write to the lead of a draft that is open to partners."""
    if not (actor.may(Permission.CHALLENGE_WRITE) or actor.may(Permission.PARTNER_DRAFT_READ)):
        return lacks_right(N_("Only people of public bodies, and facilitators, write here."))
    if actor.organisation_id == challenge.buyer_id:
        return lacks_right(N_("This is a draft of your own organisation."))
    return ALLOWED


def can_connect(actor: Actor) -> Answer:
    """Tell whether the actor may tell two bodies of each other: a facilitator."""
    if not actor.may(Permission.PARTNER_DRAFT_READ):
        return lacks_right(N_("Only a facilitator connects bodies."))
    return ALLOWED

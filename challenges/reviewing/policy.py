"""Who may comment on a draft inside its body, and when. Pure."""

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

COMMENT_MOST = 5_000


def can_read(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may read the comments: who writes challenges, and auditors."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not (actor.may(Permission.CHALLENGE_WRITE) or actor.may(Permission.RECORD_AUDIT)):
        return lacks_right(N_("Only the challenge lead, officers and auditors read comments."))
    return ALLOWED


def can_comment(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may comment, reply and resolve: until it is published."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer comments."))
    if policy.current_state(challenge, now) not in UNPUBLISHED:
        return wrong_moment(N_("The draft is finished, so no more comments can be made."))
    return ALLOWED

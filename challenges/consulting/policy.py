"""Who may open a draft for public comment, comment, and moderate, and when. Pure."""

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
    from challenges.consulting.models import Consultation
    from challenges.models import Challenge

COMMENT_MOST = 5_000
REPLY_MOST = 5_000
REASON_MOST = 2_000
HOURLY_MOST = 10


_NOT_YOURS = N_("This challenge belongs to another organisation.")
_FINISHED = N_("This challenge is no draft any more.")


def can_open(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may open a draft for comment, or move the end: an officer."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_APPROVE):
        return lacks_right(N_("Only a procurement officer opens a draft for public comment."))
    if policy.current_state(challenge, now) not in UNPUBLISHED:
        return wrong_moment(_FINISHED)
    return ALLOWED


def can_moderate(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may reply to comments, and hide them with a reason."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer replies here."))
    return ALLOWED


def takes_comments(challenge: "Challenge", consultation: "Consultation", now: datetime) -> bool:
    """Tell whether anybody may read the draft and comment on it at `now`."""
    state = policy.current_state(challenge, now)
    return state in UNPUBLISHED and now < consultation.ends_at


def can_comment(challenge: "Challenge", consultation: "Consultation", now: datetime) -> Answer:
    """Tell whether somebody who has signed in may comment: until the day that was told."""
    if not takes_comments(challenge, consultation, now):
        return wrong_moment(N_("The time for comments on this draft is over."))
    return ALLOWED

"""Who chooses a challenge's codes, and who records where its notices stand, and when. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges.lifecycle import AWARDED_STATES, UNPUBLISHED, State
from challenges.notices.kinds import NoticeKind
from challenges.policy import current_state
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

_NOT_YOURS = N_("This challenge belongs to another organisation.")
_DECIDED = AWARDED_STATES | {State.STOPPED}
# Work between two judged stages has contracts while the challenge is being evaluated.
_CONTRACTED = _DECIDED | {State.EVALUATING}


def can_choose_codes(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may choose codes: writers in a draft, officers until publication.

    Codes classify the text and are no part of what is approved, so an officer can put them right
    at the gate.
    """
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer chooses codes."))
    state = current_state(challenge, now)
    if state not in UNPUBLISHED:
        return wrong_moment(N_("The codes cannot be changed once the challenge is published."))
    if state is not State.DRAFT and not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(N_("After the draft only a procurement officer changes the codes."))
    return ALLOWED


def can_record(actor: Actor, challenge: "Challenge", kind: NoticeKind, now: datetime) -> Answer:
    """Tell whether the actor may record where a notice of this kind stands."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(N_("Only a procurement officer records where a notice was published."))
    state = current_state(challenge, now)
    if kind is NoticeKind.CONTRACT:
        if state in (State.DRAFT, State.IN_REVIEW):
            return wrong_moment(
                N_("The notice is published once the challenge is approved, and recorded then.")
            )
        if state is State.CANCELLED and challenge.published_at is None:
            return wrong_moment(N_("This challenge was cancelled before it was published."))
        return ALLOWED
    if kind is NoticeKind.AWARD:
        if state not in _DECIDED:
            return wrong_moment(N_("There is no award to publish a notice of yet."))
        return ALLOWED
    if state not in _CONTRACTED:
        return wrong_moment(N_("There is no signed contract that could be changed."))
    return ALLOWED

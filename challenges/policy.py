"""Who may do what with a challenge, and when. Pure.

The right (role, organisation, another person) is asked first, then the moment (the state).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges.lifecycle import (
    EDITABLE_STATES,
    STATE_WORDS,
    TRANSITIONS,
    Event,
    State,
    state_at,
)
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

_UNPUBLISHED = frozenset({State.DRAFT, State.IN_REVIEW, State.READY})

_WRONG_MOMENT = {
    State.DRAFT: N_("This cannot be done while the challenge is a draft."),
    State.IN_REVIEW: N_("This cannot be done while the challenge is in review."),
    State.READY: N_("This cannot be done: the challenge is approved and ready to publish."),
    State.OPEN: N_("This cannot be done while the challenge is open for bids."),
    State.CLOSED: N_("This cannot be done: the challenge is closed to bids."),
    State.OPENED: N_("This cannot be done: the bids have been opened."),
    State.EVALUATING: N_("This cannot be done while bids are being evaluated."),
    State.INTENTION: N_("This cannot be done: the intention to award has been announced."),
    State.SIGNED: N_("This cannot be done: the contract has been signed."),
    State.STOPPED: N_("This cannot be done: the challenge was stopped."),
    State.CANCELLED: N_("This cannot be done: the challenge was cancelled."),
}

_NOT_YOURS = N_("This challenge belongs to another organisation.")


def can_create(actor: Actor) -> Answer:
    """Tell whether the actor may begin a challenge for their organisation."""
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer writes challenges."))
    return ALLOWED


def can_read_own(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may read a challenge of their body before it is published."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_READ_OWN):
        return lacks_right(N_("Your role does not include reading drafts."))
    return ALLOWED


def can_write(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may change the text, the criteria and the terms."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer writes challenges."))
    state = current_state(challenge, now)
    if state not in EDITABLE_STATES:
        return wrong_moment(_WRONG_MOMENT[state])
    return ALLOWED


def can_submit_for_review(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may hand the draft to a procurement officer."""
    return _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_WRITE,
        N_("Only a challenge lead or a procurement officer submits a challenge for review."),
        Event.SUBMIT_FOR_REVIEW,
    )


def can_return(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may give the challenge back to be worked on, with a reason."""
    return _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_APPROVE,
        N_("Only a procurement officer returns a challenge."),
        Event.RETURN_TO_DRAFT,
    )


def can_approve(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may approve: an officer who neither wrote nor submitted it.

    Source: separation of duties; the rules of good procurement practice ask that nobody lets
    their own draft through.
    """
    if actor.may(Permission.CHALLENGE_APPROVE) and actor.user_id in (
        challenge.owner_id,
        challenge.submitted_by_id,
    ):
        return lacks_right(
            N_("You wrote this challenge or submitted it for review: another person approves it.")
        )
    return _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_APPROVE,
        N_("Only a procurement officer approves a challenge."),
        Event.APPROVE,
    )


def can_publish(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may put an approved challenge before the public."""
    return _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_PUBLISH,
        N_("Only a procurement officer publishes a challenge."),
        Event.PUBLISH,
    )


def can_cancel(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may cancel.

    Before publication whoever writes challenges may; from then on only a procurement officer.
    """
    unpublished = current_state(challenge, now) in _UNPUBLISHED
    needed = Permission.CHALLENGE_WRITE if unpublished else Permission.CHALLENGE_CANCEL
    return _step(
        actor,
        challenge,
        now,
        needed,
        N_("Only a challenge lead or a procurement officer cancels a challenge.")
        if unpublished
        else N_("Only a procurement officer cancels a published challenge."),
        Event.CANCEL,
    )


def can_stop(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may end the work with the lessons learned."""
    return _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_CANCEL,
        N_("Only a procurement officer stops a challenge."),
        Event.STOP,
    )


def current_state(challenge: "Challenge", now: datetime) -> State:
    """Give the challenge's state at `now`, by the closing instant of its first stage."""
    return state_at(challenge.state, challenge.stage.closes_at, now)


def state_words(challenge: "Challenge", now: datetime) -> str:
    """Give the untranslated words for the challenge's state at `now`."""
    return STATE_WORDS[current_state(challenge, now)]


def _step(
    actor: Actor,
    challenge: "Challenge",
    now: datetime,
    permission: Permission,
    refusal: str,
    event: Event,
) -> Answer:
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(permission):
        return lacks_right(refusal)
    state = current_state(challenge, now)
    if (state, event) not in TRANSITIONS:
        return wrong_moment(_WRONG_MOMENT[state])
    return ALLOWED

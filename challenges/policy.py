"""Who may do what with a challenge, and when. Pure.

The right (role, organisation, another person) is asked first, then the moment (the state).
"""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges.joining.lifecycle import Joining
from challenges.lifecycle import (
    EDITABLE_STATES,
    STATE_WORDS,
    TRANSITIONS,
    UNPUBLISHED,
    Event,
    Move,
    State,
    move_at,
    state_at,
)
from challenges.stages.standing import state_of, stored_state
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
    from challenges.closing_models import DeadlineChange
    from challenges.joining.models import JointSponsor
    from challenges.models import Challenge, Stage


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
    State.DELIVERING: N_("This cannot be done: the work is under way."),
    State.FINISHED: N_("This cannot be done: the work is finished."),
    State.STOPPED: N_("This cannot be done: the challenge was stopped."),
    State.CANCELLED: N_("This cannot be done: the challenge was cancelled."),
    State.WAITING: N_("This cannot be done: the stage has not begun."),
    State.ADVANCED: N_("This cannot be done: suppliers have gone on to the next stage."),
}

# While bids can be written, and until they are opened.
_BEFORE_OPENING = frozenset({State.OPEN, State.CLOSED})

_NOT_YOURS = N_("This challenge belongs to another organisation.")
_OPENING_BEGAN = N_("Two officers have begun to open the bids, so no more bids can be taken.")
_OFFICERS_MOVE = N_("Only procurement officers change the closing time.")


def can_create(actor: Actor) -> Answer:
    """Tell whether the actor may begin a challenge for their organisation."""
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer writes challenges."))
    return ALLOWED


def can_read_own(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may read a challenge of their body before it is published.

    Of a body that sponsors it jointly, whoever writes challenges may.
    """
    if actor.organisation_id != challenge.buyer_id:
        if _joined(actor, challenge) is None:
            return lacks_right(_NOT_YOURS)
        if not actor.may(Permission.CHALLENGE_WRITE):
            return lacks_right(N_("Your role does not include reading drafts of joint sponsors."))
        return ALLOWED
    if not actor.may(Permission.CHALLENGE_READ_OWN):
        return lacks_right(N_("Your role does not include reading drafts."))
    return ALLOWED


def can_write(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may change the text, the criteria and the terms."""
    if actor.organisation_id != challenge.buyer_id:
        joined = _joined(actor, challenge)
        if joined is None:
            return lacks_right(_NOT_YOURS)
        if not joined.writes:
            return lacks_right(
                N_("The lead organisation lets yours read this draft, and not change it.")
            )
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
    """Tell whether the actor may cancel a challenge that was never published.

    One that was ends without a contract, with the kind of reason that the law asks for.
    """
    unpublished = current_state(challenge, now) in UNPUBLISHED
    answer = _step(
        actor,
        challenge,
        now,
        Permission.CHALLENGE_WRITE if unpublished else Permission.CHALLENGE_CANCEL,
        N_("Only a challenge lead or a procurement officer cancels a challenge.")
        if unpublished
        else N_("Only a procurement officer ends a published challenge."),
        Event.CANCEL,
    )
    if answer.allowed and not unpublished:
        return wrong_moment(
            N_(
                "This challenge is published, so it is not cancelled. Choose “End without a "
                "contract”, where you say why."
            )
        )
    return answer


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


def can_name_openers(actor: Actor, stage: "Stage", now: datetime) -> Answer:
    """Tell whether the actor may name further officers who open the bids: until that is done."""
    if stage.ordinal == 1 and stage.challenge.bids_elsewhere:
        return wrong_moment(N_("Bids go elsewhere, so there are none to open here."))
    return _officer_before_opening(
        actor, stage, now, N_("Only a procurement officer names who may open the bids.")
    )


def can_propose_deadline(
    actor: Actor, stage: "Stage", now: datetime, *, opening_began: bool
) -> Answer:
    """Tell whether the actor may propose that bidding closes later, or begins anew.

    `opening_began` tells whether two officers have signed for the opening of the bids.
    """
    answer = _officer_before_opening(actor, stage, now, _OFFICERS_MOVE)
    if answer.allowed and opening_began:
        return wrong_moment(_OPENING_BEGAN)
    if answer.allowed and _move(stage, now) is None:
        return wrong_moment(
            N_(
                "Bids closed more than 24 hours ago. A challenge can be opened again only within "
                "24 hours of closing."
            )
        )
    return answer


def can_decline_deadline(
    actor: Actor, stage: "Stage", change: "DeadlineChange", now: datetime
) -> Answer:
    """Tell whether the actor may decline what another officer proposed."""
    buyer_id = stage.challenge.buyer_id
    if actor.organisation_id == buyer_id and actor.user_id == change.proposed_by_id:
        return lacks_right(
            N_("You proposed this closing time: another officer confirms or declines it.")
        )
    answer = _officer_before_opening(actor, stage, now, _OFFICERS_MOVE)
    if answer.allowed and change.outcome is not None:
        return wrong_moment(
            N_("This proposal was confirmed already.")
            if change.outcome == "confirmed"
            else N_("This proposal was declined already.")
        )
    return answer


def can_confirm_deadline(
    actor: Actor,
    stage: "Stage",
    change: "DeadlineChange",
    now: datetime,
    *,
    opening_began: bool,
) -> Answer:
    """Tell whether the actor may confirm what another officer proposed, so that it holds.

    What was proposed before closing cannot be confirmed after it: then bids would be taken again,
    which asks for a reason of its own. `opening_began` is as for `can_propose_deadline`.
    """
    answer = can_decline_deadline(actor, stage, change, now)
    if not answer.allowed:
        return answer
    if opening_began:
        return wrong_moment(_OPENING_BEGAN)
    move = _move(stage, now)
    if not change.after_closing and move is not Move.EXTEND:
        return wrong_moment(
            N_(
                "Bids have closed while this proposal waited, so the closing time stays. Decline "
                "it. If the service was down near closing, you can then propose to open the "
                "challenge again."
            )
        )
    if change.after_closing and move is not Move.REOPEN:
        return wrong_moment(
            N_(
                "The 24 hours after closing are over, so the challenge can no longer be opened "
                "again."
            )
        )
    # What moved elsewhere may have moved to an instant that is past by now.
    if change.closes_to <= now and not stage.challenge.bids_elsewhere:
        return wrong_moment(
            N_("The proposed closing time has passed. Decline it, and propose a later one.")
        )
    return ALLOWED


def current_state(challenge: "Challenge", now: datetime) -> State:
    """Give the challenge's state at `now`, by the closing instant of its first stage."""
    return state_at(challenge.state, challenge.stage.closes_at, now)


def state_words(challenge: "Challenge", now: datetime) -> str:
    """Give the untranslated words for the challenge's state at `now`."""
    return STATE_WORDS[current_state(challenge, now)]


def _joined(actor: Actor, challenge: "Challenge") -> "JointSponsor | None":
    """Give how the actor's body joins in, where it does."""
    return next(
        (
            each
            for each in challenge.joint_sponsors
            if each.body_id == actor.organisation_id and each.joining is Joining.JOINED
        ),
        None,
    )


def _move(stage: "Stage", now: datetime) -> Move | None:
    return move_at(
        stored_state(stage.challenge, stage),
        stage.closes_at,
        now,
        elsewhere=stage.challenge.bids_elsewhere,
    )


def _officer_before_opening(actor: Actor, stage: "Stage", now: datetime, refusal: str) -> Answer:
    if actor.organisation_id != stage.challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(refusal)
    state = state_of(stage.challenge, stage, now)
    if state not in _BEFORE_OPENING:
        return wrong_moment(_WRONG_MOMENT[state])
    return ALLOWED


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

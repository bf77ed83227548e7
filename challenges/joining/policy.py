"""Who may join in a challenge, and who may say what of it. Pure."""

from typing import TYPE_CHECKING

from challenges.joining.lifecycle import Joining
from challenges.lifecycle import State
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
    from challenges.joining.models import JointSponsor
    from challenges.models import Challenge

_NOT_YOURS = N_("This challenge belongs to another organisation.")
_DRAFT_ONLY = N_(
    "Bodies join and leave while the challenge is a draft: what is approved is what is published. "
    "A procurement officer of the lead body can return it to draft."
)


def can_arrange(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may invite bodies, let them write, and set who pays what."""
    return _of_lead(
        actor,
        challenge,
        Permission.CHALLENGE_WRITE,
        N_("Only a challenge lead or a procurement officer invites joint sponsors."),
    )


def can_accept_asked(actor: Actor, challenge: "Challenge", entry: "JointSponsor") -> Answer:
    """Tell whether the actor may answer a body that asks to join."""
    answer = _of_lead(
        actor,
        challenge,
        Permission.CHALLENGE_APPROVE,
        N_("Only a procurement officer answers a body that asks to join."),
    )
    return answer if not answer.allowed else _waiting(entry, Joining.ASKED)


def can_ask(actor: Actor, challenge: "Challenge") -> Answer:
    """Tell whether the actor may ask that their own body joins in."""
    if actor.organisation_id == challenge.buyer_id:
        return lacks_right(N_("This challenge is your own organisation's."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer asks to join."))
    return ALLOWED if challenge.state is State.DRAFT else wrong_moment(_DRAFT_ONLY)


def can_answer(actor: Actor, challenge: "Challenge", entry: "JointSponsor") -> Answer:
    """Tell whether the actor may answer for the body that was invited."""
    answer = _of_partner(
        actor, challenge, entry, N_("Only a procurement officer answers an invitation to join.")
    )
    return answer if not answer.allowed else _waiting(entry, Joining.INVITED)


def can_leave(actor: Actor, challenge: "Challenge", entry: "JointSponsor") -> Answer:
    """Tell whether the actor may take their body out again."""
    answer = _of_partner(
        actor, challenge, entry, N_("Only a procurement officer takes the organisation out.")
    )
    return answer if not answer.allowed else _waiting(entry, Joining.JOINED)


def _of_lead(actor: Actor, challenge: "Challenge", right: Permission, refusal: str) -> Answer:
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(right):
        return lacks_right(refusal)
    return ALLOWED if challenge.state is State.DRAFT else wrong_moment(_DRAFT_ONLY)


def _of_partner(
    actor: Actor, challenge: "Challenge", entry: "JointSponsor", refusal: str
) -> Answer:
    if actor.organisation_id != entry.body_id:
        return lacks_right(_NOT_YOURS)
    if not actor.may(Permission.CHALLENGE_APPROVE):
        return lacks_right(refusal)
    return ALLOWED if challenge.state is State.DRAFT else wrong_moment(_DRAFT_ONLY)


def _waiting(entry: "JointSponsor", wanted: Joining) -> Answer:
    if entry.joining is wanted:
        return ALLOWED
    return wrong_moment(N_("This was answered already. Look at what holds now."))

"""Who may ask to have their data erased, who decides it, and at which moments not. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_


@dataclass(frozen=True)
class Ties:
    """What a person still has to do here, so that nobody else could go on without them.

    `alone_at` names organisations whose people nobody else looks after; `judging` and `opening`
    are references of challenges on whose panel they sit, and whose bids they are named to open.
    """

    example: bool = False
    waiting: bool = False
    alone_at: Sequence[str] = ()
    judging: Sequence[str] = ()
    opening: Sequence[str] = ()


def can_go(ties: Ties) -> Answer:
    """Tell whether the person can be done without."""
    if ties.example:
        return wrong_moment(
            N_("This is a person of the example, for everybody to try: nothing of it is erased.")
        )
    if ties.alone_at:
        return wrong_moment(
            N_(
                "Nobody else looks after the people of an organisation. Give somebody there that "
                "right first."
            )
        )
    if ties.judging:
        return wrong_moment(
            N_(
                "A panel with a seat for this person judges, or may have to judge again. The seat "
                "has to be given to somebody else first, or a contract signed."
            )
        )
    if ties.opening:
        return wrong_moment(
            N_(
                "Bids are still to be opened, and this person is named to open them. That takes "
                "place first."
            )
        )
    return ALLOWED


def can_ask(ties: Ties) -> Answer:
    """Tell whether the person may ask now to have their data erased."""
    if ties.waiting:
        return wrong_moment(N_("You have asked already. Your request waits for an answer."))
    return can_go(ties)


def can_read(actor: Actor) -> Answer:
    """Tell whether the actor may see who asked."""
    if actor.may(Permission.PERSON_ERASE):
        return ALLOWED
    return lacks_right(N_("Only the team that runs the service decides about this."))


def can_decide(actor: Actor, asked_by: uuid.UUID, ties: Ties, *, grants: bool) -> Answer:
    """Tell whether the actor may decide about a request; to refuse it is never too late."""
    if not (answer := can_read(actor)).allowed:
        return answer
    if actor.user_id == asked_by:
        return lacks_right(N_("You asked for this, so another person decides."))
    if not ties.waiting:
        return wrong_moment(N_("This request is at its end already."))
    return can_go(ties) if grants else ALLOWED

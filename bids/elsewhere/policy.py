"""Who may bring bids that were received elsewhere, and when. Pure."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from challenges.lifecycle import State, closing_recorded_from, state_at
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

NOT_HERE = N_("Bids for this challenge are taken here, so none are brought in.")


@dataclass(frozen=True)
class Moment:
    """What decides whether bids can be brought: where they go, the stored state, the closing."""

    elsewhere: bool
    state: State
    closes_at: datetime | None
    now: datetime


def can_bring(actor: Actor, moment: Moment) -> Answer:
    """Answer whether the actor may put bids down here: after closing, until they are in."""
    if not actor.may(Permission.BID_OPEN):
        return lacks_right(N_("Only procurement officers bring bids in."))
    if not moment.elsewhere:
        return wrong_moment(NOT_HERE)
    closes_at = moment.closes_at
    if moment.state is not State.OPEN or closes_at is None:
        return wrong_moment(N_("Bids are brought in once: between closing and the evaluation."))
    if state_at(moment.state, closes_at, moment.now) is State.OPEN:
        return wrong_moment(N_("Bids can be brought in only after bidding has closed there."))
    if moment.now < closing_recorded_from(closes_at):
        return wrong_moment(N_("The closing is being recorded. Wait for one minute."))
    return ALLOWED


def can_discard(actor: Actor) -> Answer:
    """Answer whether the actor may throw away what waits, at any time: also once the work ended."""
    if not actor.may(Permission.BID_OPEN):
        return lacks_right(N_("Only procurement officers bring bids in."))
    return ALLOWED


def can_confirm(
    actor: Actor, moment: Moment, *, verified: bool, writers: Collection[uuid.UUID]
) -> Answer:
    """Answer whether the actor may bring in what waits: as somebody who put none of it down.

    `verified` tells whether the body was verified.
    """
    answer = can_bring(actor, moment)
    if not answer.allowed:
        return answer
    if not verified:
        return wrong_moment(
            N_("Your organisation must be verified before bids come in. Ask the service team.")
        )
    if actor.user_id in writers:
        return wrong_moment(
            N_(
                "You put bids down here or took one out, so a second procurement officer must "
                "bring them in. If every officer has, throw all of this away: one of you then "
                "puts the bids down anew, and another brings them in."
            )
        )
    return ALLOWED

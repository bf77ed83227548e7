"""Who may change a published challenge, and when. Pure."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from challenges.lifecycle import State
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

# Whoever must confirm a bid has this long at least: a weekend does not use it up.
CONFIRMING_TIME = timedelta(days=5)

NOT_OPEN = N_(
    "A challenge is changed only while it is open for bids. Whoever bids must know what holds "
    "before closing."
)


def can_change(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may prepare a change to a published challenge."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer writes challenges."))
    if current_state(challenge, now) is not State.OPEN:
        return wrong_moment(NOT_OPEN)
    return ALLOWED


def can_publish(
    actor: Actor,
    challenge: "Challenge",
    now: datetime,
    *,
    writers: Collection[str],
    handed_over: bool,
    confirm: bool,
) -> Answer:
    """Tell whether the actor may publish a change: an officer who wrote nothing of it.

    `writers` are the identifiers of all who wrote in it, `handed_over` tells whether they have
    finished, `confirm` whether bids must be confirmed after it.

    Source: separation of duties, as for the approval of a draft.
    """
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_PUBLISH):
        return lacks_right(N_("Only a procurement officer publishes a change."))
    if str(actor.user_id) in writers:
        return lacks_right(N_("You wrote in this change: another officer publishes it."))
    if current_state(challenge, now) is not State.OPEN:
        return wrong_moment(NOT_OPEN)
    if not handed_over:
        return wrong_moment(N_("This change is still being written."))
    if confirm and not time_to_confirm(challenge, now):
        return wrong_moment(
            N_(
                "Bids close in fewer than 5 days, and bidders need that long to confirm their "
                "bids. Move the closing time first: two officers do."
            )
        )
    return ALLOWED


def time_to_confirm(challenge: "Challenge", now: datetime) -> bool:
    """Tell whether enough time is left before closing for bidders to confirm their bids."""
    closes_at = challenge.stage.closes_at
    return closes_at is not None and closes_at - now >= CONFIRMING_TIME

"""Who asks for a debrief meeting, offers times, chooses one and records it, and when. Pure."""

from datetime import datetime

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.award.debriefs.lifecycle import Standing


def can_ask(
    actor: Actor, *, told: bool, until: datetime | None, now: datetime, asked: bool
) -> Answer:
    """Answer whether the actor may ask for a meeting about the decision on the own bid.

    `told` tells that a decision stands and was told; `until` is from when on it is too late, None
    where nothing limits it; `asked` tells that there is a meeting about this decision already.
    """
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Your role does not include writing bids."))
    if asked:
        return wrong_moment(N_("You have asked for a meeting about this decision already."))
    if not told:
        return wrong_moment(N_("There is no decision now that could be explained to you."))
    if until is not None and now >= until:
        return wrong_moment(
            N_("The time to ask for a meeting is over. You can still write to the public body.")
        )
    return ALLOWED


def can_offer(actor: Actor, standing: Standing) -> Answer:
    """Answer whether the actor may offer times, or others instead of those that stand."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer offers times for a debrief meeting."))
    if standing is Standing.RECORDED:
        return wrong_moment(N_("This meeting was held and is recorded."))
    return ALLOWED


def can_choose(actor: Actor, standing: Standing) -> Answer:
    """Answer whether the actor may choose one of the times, or say that none suits."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Your role does not include writing bids."))
    if standing is not Standing.OFFERED:
        return wrong_moment(N_("No time can be chosen now."))
    return ALLOWED


def can_record(actor: Actor, standing: Standing) -> Answer:
    """Answer whether the actor may record who was there and what was said."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records a debrief meeting."))
    if standing is not Standing.OVER:
        return wrong_moment(N_("A meeting is recorded once, after it has begun."))
    return ALLOWED

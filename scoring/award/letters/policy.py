"""Who may say that the letters to bidders without an account went out, and when. Pure."""

from datetime import datetime

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
from scoring.award.policy import UNDECIDED, UNNAMED


def can_send(
    actor: Actor, state: State, *, awaits_letters: bool, undecided: bool, unnamed: bool
) -> Answer:
    """Tell whether the actor may send the letters: once an award is approved, and nobody told.

    `undecided`: an interest that was found later waits for a decision; `unnamed`: the actor judges
    or observes here, and must not know whose bid is which.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer sends the letters to bidders."))
    if unnamed:
        return lacks_right(UNNAMED)
    if not awaits_letters or state is not State.EVALUATING:
        return wrong_moment(
            N_("There are no letters to send: no award is approved, or the bidders are told.")
        )
    if undecided:
        return wrong_moment(UNDECIDED)
    return ALLOWED


def sent_fault(sent_at: datetime | None, *, approved_at: datetime, now: datetime) -> str | None:
    """Say what is wrong with when letters went out, as told to the minute; or nothing."""
    if sent_at is None:
        return N_("Enter when the last letter went out")
    if sent_at > now:
        return N_("Enter a time that has passed: record the letters when they have gone out")
    if sent_at < approved_at.replace(second=0, microsecond=0):
        return N_("The letters cannot have gone out before the award was approved")
    return None

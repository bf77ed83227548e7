"""Who may look after the letters to bidders, who may ask for more, and when. Pure."""

from dataclasses import dataclass
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

_READERS = (Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE, Permission.RECORD_AUDIT)


@dataclass(frozen=True)
class Standing:
    """How far letters have come: `holds` that what they tell of still stands, `made` that all are
    made, `sent` that they went out, `undecided` that an interest which was found later waits for a
    decision."""

    holds: bool
    made: bool
    sent: bool
    undecided: bool = False


def can_read(actor: Actor, *, unnamed: bool) -> Answer:
    """Tell whether the actor may read the letters to bidders.

    `unnamed`: the actor judges or observes here, and must not know whose bid is which.
    """
    if not any(actor.may(each) for each in _READERS):
        return lacks_right(
            N_("Letters are for procurement officers, approvers and auditors of the body.")
        )
    return lacks_right(UNNAMED) if unnamed else ALLOWED


def can_change(actor: Actor, found: Standing, *, unnamed: bool) -> Answer:
    """Tell whether the actor may add to the letters, withhold words, and say when they go out."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer sends the letters to bidders."))
    if unnamed:
        return lacks_right(UNNAMED)
    if found.sent:
        return wrong_moment(N_("These letters have gone out, so nothing in them can be changed."))
    if not found.holds:
        return wrong_moment(
            N_("There are no letters to send: no award is approved, or the bidders are told.")
        )
    return wrong_moment(UNDECIDED) if found.undecided else ALLOWED


def can_send(actor: Actor, found: Standing, *, unnamed: bool) -> Answer:
    """Tell whether the actor may send the letters now, or record that they went out."""
    if not (answer := can_change(actor, found, unnamed=unnamed)).allowed:
        return answer
    if not found.made:
        return wrong_moment(
            N_(
                "Not all letters are made yet, and nobody can have read them. Wait a moment, read "
                "them, then send them or choose a time."
            )
        )
    return ALLOWED


def can_record(actor: Actor, *, sent: bool, elsewhere: bool, unnamed: bool) -> Answer:
    """Tell whether the actor may record that a letter went another way.

    Where bidders have an account that is once the letters were sent, and one did not arrive.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer sends the letters to bidders."))
    if unnamed:
        return lacks_right(UNNAMED)
    if sent == elsewhere:
        return wrong_moment(
            N_("These letters have gone out already.")
            if sent
            else N_("Send the letters first. Then record of any that did not arrive how it went.")
        )
    return ALLOWED


def can_ask(
    actor: Actor, *, told: bool, ends_at: datetime | None, open_request: bool, now: datetime
) -> Answer:
    """Tell whether a bidder may ask for further information about the decision on its own bid.

    `told`: its letter can be read; `ends_at` is when the time to ask ends, None where none does.
    """
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Only people of the supplier ask about their own bid."))
    if not told:
        return wrong_moment(N_("You can ask when the decision has been told to you."))
    if open_request:
        return wrong_moment(N_("You have asked already. The answer is on its way."))
    if ends_at is not None and now >= ends_at:
        return wrong_moment(N_("The time in which you could ask has passed."))
    return ALLOWED


def sent_fault(sent_at: datetime | None, *, since: datetime, now: datetime) -> str | None:
    """Say what is wrong with when a letter went out, as told to the minute; or nothing.

    `since` is when the decision was made that it tells of.
    """
    if sent_at is None:
        return N_("Enter when it went out")
    if sent_at > now:
        return N_("Enter a time that has passed: record letters when they have gone out")
    if sent_at < since.replace(second=0, microsecond=0):
        return N_("It cannot have gone out before the decision was made")
    return None


def can_tell(state: State, *, awaits_letters: bool) -> bool:
    """Tell whether the letters of an award can still announce it."""
    return awaits_letters and state is State.EVALUATING

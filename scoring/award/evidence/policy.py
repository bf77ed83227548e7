"""Who may ask a preferred bidder for evidence, answer and decide about it, and when. Pure."""

from datetime import datetime

from bids.asking.lifecycle import in_time
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
from scoring.award.evidence.kinds import UNDECIDED, Held, Standing
from scoring.award.policy import UNNAMED

READERS = (Permission.ELIGIBILITY_DECIDE, Permission.AWARD_APPROVE, Permission.RECORD_AUDIT)

NONE_STANDS = N_(
    "Evidence is asked of a preferred bidder alone, and no recommendation stands at the moment."
)
ANNOUNCED = N_("The decision is announced, so no more evidence is asked for.")
AFTER = frozenset({State.INTENTION, State.SIGNED, State.DELIVERING, State.FINISHED})


def can_see(actor: Actor, *, unnamed: bool) -> Answer:
    """Answer whether the actor may see what a preferred bidder showed.

    `unnamed`: the actor judges or observes here, and must not know whose bid is which.
    """
    if not any(actor.may(permission) for permission in READERS):
        return lacks_right(
            N_("Evidence of bidders is for procurement officers, approvers and auditors.")
        )
    return lacks_right(UNNAMED) if unnamed else ALLOWED


def can_handle(
    actor: Actor, state: State, *, stands: bool, approved: bool, unnamed: bool
) -> Answer:
    """Answer whether the actor may ask for evidence and decide about it now.

    Nobody who scores: whoever judged a bid must not judge what its bidder shows. `stands`: a
    recommendation rests on the result that holds, and was not returned; `approved`: it is approved.
    """
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only a procurement officer asks a preferred bidder for evidence."))
    if actor.may(Permission.SCORE_RECORD):
        return lacks_right(
            N_("You can score bids, so another procurement officer deals with their evidence.")
        )
    if unnamed:
        return lacks_right(UNNAMED)
    if state in AFTER:
        return wrong_moment(ANNOUNCED)
    if state is not State.EVALUATING or not stands:
        return wrong_moment(NONE_STANDS)
    if approved:
        return wrong_moment(
            N_(
                "The recommendation is approved, so no more evidence is asked for. If the bidder "
                "must not have the contract, record that it failed."
            )
        )
    return ALLOWED


def can_fail(actor: Actor, state: State, *, stands: bool, unnamed: bool) -> Answer:
    """Answer whether the actor may record that a preferred bidder failed: until it is announced."""
    return can_handle(actor, state, stands=stands, approved=False, unnamed=unnamed)


def can_decide(handles: Answer, standing: Standing, *, accepts: bool = False) -> Answer:
    """Answer whether a document may be decided by whom `handles` allows.

    `accepts`: it is to be accepted, which something that came in must bear.
    """
    if not handles.allowed:
        return handles
    if standing not in UNDECIDED:
        return wrong_moment(N_("This document is decided already."))
    if accepts and standing is not Standing.ANSWERED:
        return wrong_moment(N_("Nothing has come in for this document, so it cannot be accepted."))
    return ALLOWED


def can_extend(handles: Answer, standing: Standing) -> Answer:
    """Answer whether the bidder may be given more time, also after its limit has passed."""
    if handles.allowed and standing not in UNDECIDED:
        return wrong_moment(N_("This document is decided, so it needs no more time."))
    return handles


def can_ask_again(handles: Answer, standing: Standing) -> Answer:
    """Answer whether a document may be asked for again: once, after it was refused."""
    if handles.allowed and standing is not Standing.REFUSED:
        return wrong_moment(N_("Only a document that was refused is asked for again."))
    return handles


def can_answer(
    actor: Actor,
    *,
    running: bool,
    standing: Standing,
    answer_by: datetime,
    arrived: datetime,
) -> Answer:
    """Answer whether somebody may give what a supplier was asked for, before the limit.

    `running`: the recommendation that asked for it stands and is not answered.
    """
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Only people who act for the supplier can answer this."))
    if not running or standing not in UNDECIDED:
        return wrong_moment(N_("The public body needs nothing more for this document."))
    if not in_time(arrived, answer_by):
        return wrong_moment(
            N_(
                "The time to answer is over, so this was not taken. Ask the public body for more "
                "time."
            )
        )
    return ALLOWED


def can_approve(held: Held) -> Answer:
    """Answer whether a recommendation may be approved as far as evidence goes."""
    if held.waiting:
        return wrong_moment(
            N_(
                "Evidence that was asked of the preferred bidder is not decided yet. A procurement "
                "officer decides about it first. You can return the recommendation meanwhile."
            )
        )
    if held.refused:
        return wrong_moment(
            N_(
                "Evidence of the preferred bidder was refused. A procurement officer asks for it "
                "again, or records that the bidder failed. You can return the recommendation "
                "meanwhile."
            )
        )
    return ALLOWED

"""Who may answer an invitation to a panel, and when. Pure.

Who may invite is asked of `scoring.panel.policy.can_change_members`: an invitation changes the
panel once it is accepted.
"""

from marketplace.core.permissions import ALLOWED, Answer, lacks_right, wrong_moment
from marketplace.core.text import N_
from scoring.panel.inviting.lifecycle import Standing
from scoring.panel.lifecycle import PanelAct, PanelPhase, may_happen

_NO_LONGER = {
    Standing.ACCEPTED: N_("This invitation was accepted already."),
    Standing.DECLINED: N_("This invitation was declined. Ask for a new one if you can sit now."),
    Standing.WITHDRAWN: N_("This invitation was withdrawn. You need do nothing."),
    Standing.EXPIRED: N_("This invitation is older than 14 days. Ask for a new one."),
}


def can_decline(standing: Standing) -> Answer:
    """Answer whether the person it was sent to may decline, which is possible at any phase."""
    if standing is Standing.OPEN:
        return ALLOWED
    return wrong_moment(_NO_LONGER[standing])


def can_accept(standing: Standing, phase: PanelPhase | None, *, for_bidder: bool) -> Answer:
    """Answer whether the person it was sent to may accept.

    `for_bidder` tells whether they act for an organisation with a bid, or the draft of one, for
    the same stage. The person knows that anyway; whoever invited them is not told.
    """
    if not (answer := can_decline(standing)).allowed:
        return answer
    if phase is None or not may_happen(PanelAct.CHANGE_MEMBERS, phase):
        return wrong_moment(N_("The panel has finished scoring, so nobody can join it any more."))
    if for_bidder:
        return lacks_right(
            N_(
                "You act for an organisation that bids for this challenge, or has begun to, so "
                "you cannot judge its bids. Please decline."
            )
        )
    return ALLOWED


def can_withdraw(standing: Standing) -> Answer:
    """Answer whether an invitation can be withdrawn by those who may change the panel."""
    if standing is Standing.OPEN:
        return ALLOWED
    return wrong_moment(N_("This invitation no longer waits for an answer."))

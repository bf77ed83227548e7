"""Who may say that an interest was found, and who decides about it. Pure."""

from typing import TYPE_CHECKING

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
from scoring.panel.interests.lifecycle import FINDING_PHASES
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.policy import chairs, sits

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember

# After the sign-off all bidders were told: what is found then is for the law's remedies.
_STATES = frozenset({State.OPENED, State.EVALUATING})
_MOMENT = N_(
    "An interest is found here from the opening of the bids until the recommendation is signed off."
)


def can_see_found(actor: Actor, own: "PanelMember | None") -> Answer:
    """Answer whether the actor may see the page of interests that were found later.

    `own` is the actor's own seat. A member sees their own there; who decides or says of others
    sees all.
    """
    if _sits(actor, own) or sees_all(actor, own):
        return ALLOWED
    return lacks_right(
        N_("Only the panel, approvers and procurement officers deal with interests found later.")
    )


def sees_all(actor: Actor, own: "PanelMember | None") -> bool:
    """Tell whether the actor deals with the interests of others."""
    return (
        chairs(actor, own)
        or actor.may(Permission.ELIGIBILITY_DECIDE)
        or actor.may(Permission.AWARD_APPROVE)
    )


def can_find(
    actor: Actor,
    own: "PanelMember | None",
    about: "PanelMember",
    phase: PanelPhase | None,
    state: State,
) -> Answer:
    """Answer whether the actor may say that `about` has an interest in a bidder.

    Everybody on the panel may of themselves, its chair and procurement officers of anybody.
    """
    itself = _sits(actor, own) and about.user_id == actor.user_id
    if not (itself or chairs(actor, own) or actor.may(Permission.ELIGIBILITY_DECIDE)):
        return lacks_right(
            N_("Only the chair and procurement officers say this of another member.")
        )
    if not (answer := _moment(phase, state)).allowed:
        return answer
    if about.interests_declared_at is None:
        return wrong_moment(N_("This member has not declared interests yet: it belongs there."))
    return ALLOWED


def can_decide_found(
    actor: Actor,
    own: "PanelMember | None",
    about: "PanelMember",
    phase: PanelPhase | None,
    state: State,
    *,
    decided: bool = False,
) -> Answer:
    """Answer whether the actor may decide about an interest of `about` that was found later.

    The chair decides, and an approver about the chair's; nobody about their own. What was decided
    stands, because scores were set aside or read by it.
    """
    if about.user_id == actor.user_id:
        return lacks_right(N_("Somebody else decides about your own interests."))
    if about.seat is Seat.CHAIR:
        if not actor.may(Permission.AWARD_APPROVE):
            return lacks_right(N_("An approver decides about the interests of the chair."))
    elif not chairs(actor, own):
        return lacks_right(N_("Only the chair of this panel decides about interests."))
    if decided:
        return wrong_moment(N_("This is decided, and what was decided stands."))
    return _moment(phase, state)


def can_reopen(actor: Actor, own: "PanelMember | None", *, needed: bool) -> Answer:
    """Answer whether the actor may let scoring begin again for people who join.

    `needed`: a recusal left too few to finish. Procurement officers may too, for a chair who is
    recused and leaves.
    """
    if not (chairs(actor, own) or actor.may(Permission.ELIGIBILITY_DECIDE)):
        return lacks_right(N_("Only the chair and procurement officers let scoring begin again."))
    if not needed:
        return wrong_moment(
            N_("Scoring begins again only where a recusal left too few to judge a bid.")
        )
    return ALLOWED


def _moment(phase: PanelPhase | None, state: State) -> Answer:
    if phase not in FINDING_PHASES or state not in _STATES:
        return wrong_moment(_MOMENT)
    return ALLOWED


def _sits(actor: Actor, own: "PanelMember | None") -> bool:
    return sits(actor, own) and actor.may(Permission.INTEREST_DECLARE)

"""Who may offer, see, choose and record interviews, and when. Pure.

`member` is the actor's own seat on the panel, or None; `phase` is the panel's, None before it is
named. `running` tells whether the challenge is between the opening of its bids and the decision.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.panel.interviews.lifecycle import Standing, free_until
from scoring.panel.lifecycle import PanelPhase
from scoring.panel.policy import chairs, sits

if TYPE_CHECKING:
    from scoring.panel.interviews.models import InterviewSlot
    from scoring.panel.models import PanelMember

# Who bids is known from the opening on; from moderation on nothing is scored any more.
HOLDING = frozenset({PanelPhase.DECLARING, PanelPhase.SCORING})
_NOBODY_MET = N_("The panel does not know who bids in this stage, so it meets nobody.")
_NOT_NOW = N_("Interviews are held after the bids are opened and before moderation begins.")


def can_see(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None, *, withheld: bool
) -> Answer:
    """Answer whether the actor may see the interviews: who sits, once they have declared their
    interests, and whoever names panels; nobody where names are `withheld`."""
    if not sits(actor, member) and not actor.may(Permission.PANEL_NAME):
        return lacks_right(N_("You are not on this panel."))
    if not (answer := _declared(actor, member)).allowed:
        return answer
    if withheld:
        return wrong_moment(_NOBODY_MET)
    if phase is None or phase is PanelPhase.NAMED:
        return wrong_moment(_NOT_NOW)
    return ALLOWED


def can_offer(
    actor: Actor,
    member: "PanelMember | None",
    phase: PanelPhase | None,
    *,
    holds: bool,
    withheld: bool,
    running: bool,
) -> Answer:
    """Answer whether the actor may offer, move and withdraw times: the chair or an officer.

    `holds` tells whether the stage has interviews, `withheld` whether its panel must not know
    names: a face is no alias.
    """
    if not chairs(actor, member) and not actor.may(Permission.BID_QUERY):
        return lacks_right(N_("Only the chair or a procurement officer offers times."))
    if not (answer := _declared(actor, member)).allowed:
        return answer
    if not holds:
        return wrong_moment(
            N_("This stage has no interviews: the challenge published none for it.")
        )
    if withheld:
        return wrong_moment(_NOBODY_MET)
    return ALLOWED if running and phase in HOLDING else wrong_moment(_NOT_NOW)


def can_record(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None, *, running: bool
) -> Answer:
    """Answer whether the actor may record what came of an interview: the chair of the panel, who
    leads it, from the beginning of scoring."""
    if not chairs(actor, member):
        return lacks_right(N_("Only the chair of this panel records interviews."))
    if not (answer := _declared(actor, member)).allowed:
        return answer
    if phase is PanelPhase.DECLARING:
        return wrong_moment(N_("Interviews are recorded once the chair has begun scoring."))
    return ALLOWED if running and phase in HOLDING else wrong_moment(_NOT_NOW)


def can_choose(
    actor: Actor,
    standing: Standing,
    phase: PanelPhase | None,
    present: "InterviewSlot | None",
    now: datetime,
    *,
    counts: bool,
    running: bool,
) -> Answer:
    """Answer whether the actor may choose a time for the own bid, or another than the `present`.

    `counts` tells whether the bid counts. Which time is free is asked apart.
    """
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Your role does not include writing bids."))
    if not counts or not running or phase not in HOLDING:
        return wrong_moment(N_("No time can be chosen for this bid now."))
    if standing is Standing.MISSED:
        return wrong_moment(N_("The panel has recorded that nobody came. It writes to you."))
    if standing not in (Standing.OPEN, Standing.CHOSEN):
        return wrong_moment(N_("Your interview is over, so its time stays as it is."))
    if present is not None and now >= free_until(present.starts_at, present.notice_hours):
        return wrong_moment(
            N_("It is too late to choose another time. Ask the public body if you cannot come.")
        )
    return ALLOWED


def is_free(slot: "InterviewSlot", now: datetime, *, taken: bool) -> bool:
    """Tell whether a bidder can choose a time now."""
    late = now >= free_until(slot.starts_at, slot.notice_hours)
    return slot.withdrawn_at is None and not taken and not late


def _declared(actor: Actor, member: "PanelMember | None") -> Answer:
    """Ask of whoever sits that they declare first, so that nobody declares by what they saw."""
    if member is not None and sits(actor, member) and member.interests_declared_at is None:
        return wrong_moment(N_("Declare your interests first."))
    return ALLOWED

"""Who proposes and confirms the rules of a regime, and when. Pure."""

from datetime import date
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

if TYPE_CHECKING:
    from marketplace.core.accounts.models import Organisation
    from marketplace.core.regimes.changing.models import RegimeProposal

TOO_LATE = N_(
    "These rules must be valid from a day to come: what was published by the rules of a day must "
    "not find others there afterwards."
)
OVERTAKEN = N_(
    "Other rules were set since these were begun. Refuse these, and begin again from the newest."
)


def can_propose(actor: Actor) -> Answer:
    """Answer whether the actor may propose a version of the rules, or say whom they hold for."""
    if not actor.may(Permission.REGIME_CHANGE):
        return lacks_right(N_("Only an administrator of this service changes its rules."))
    return ALLOWED


def can_decide(actor: Actor, proposal: "RegimeProposal") -> Answer:
    """Answer whether the actor may confirm or refuse a proposed version: another administrator."""
    if not (answer := can_propose(actor)).allowed:
        return answer
    if proposal.decision is not None:
        return wrong_moment(N_("This was decided already."))
    if actor.user_id == proposal.proposed_by_id:
        return lacks_right(N_("You proposed these rules. Another administrator decides."))
    return ALLOWED


def can_confirm(
    actor: Actor, proposal: "RegimeProposal", *, newest: str, newest_from: date, today: date
) -> Answer:
    """Answer whether a proposed version may hold from its day on.

    `newest` and `newest_from` are the name and the day of the newest version there is.
    """
    if not (answer := can_decide(actor, proposal)).allowed:
        return answer
    if proposal.based_on != newest:
        return wrong_moment(OVERTAKEN)
    return can_hold_from(proposal.valid_from, newest_from=newest_from, today=today)


def can_hold_from(day: date, *, newest_from: date, today: date) -> Answer:
    """Answer whether a version may be valid from a day: one to come, after the newest version's."""
    if day <= today:
        return wrong_moment(TOO_LATE)
    if day <= newest_from:
        return wrong_moment(
            N_("The newest rules are valid from this day or a later one. Choose a later day.")
        )
    return ALLOWED


def can_choose_for(actor: Actor, organisation: "Organisation") -> Answer:
    """Answer whether the actor may say by which rules an organisation buys."""
    if not (answer := can_propose(actor)).allowed:
        return answer
    if organisation.kind.value != "body":
        return lacks_right(N_("Only a public body buys by rules."))
    return ALLOWED

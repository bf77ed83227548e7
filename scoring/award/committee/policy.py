"""Who says that a committee decides, takes the paper for it and records its decision. Pure."""

from datetime import date

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
from scoring.award.policy import UNNAMED

READERS = (Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE, Permission.RECORD_AUDIT)


def can_see(actor: Actor, *, unnamed: bool) -> Answer:
    """Answer whether the actor may see what goes to a committee, and what it decided.

    `unnamed`: the actor judges or observes here, and must not know whose bid is which.
    """
    if not any(actor.may(permission) for permission in READERS):
        return lacks_right(
            N_("Papers for a committee are for procurement officers, approvers and auditors.")
        )
    return lacks_right(UNNAMED) if unnamed else ALLOWED


def can_choose(actor: Actor, state: State, *, leads_on: bool, approved: bool) -> Answer:
    """Answer whether the actor may say who decides the award: until somebody approved it."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer says who decides an award."))
    if leads_on:
        return wrong_moment(N_("Suppliers go on from this stage, so nothing is awarded in it."))
    if state is not State.EVALUATING or approved:
        return wrong_moment(
            N_("Who decides is said while bids are evaluated, before the award is approved.")
        )
    return ALLOWED


def can_take_paper(actor: Actor, *, by_committee: bool, recommended: bool, unnamed: bool) -> Answer:
    """Answer whether the actor may take the paper: it tells a recommendation that stands."""
    answer = can_see(actor, unnamed=unnamed)
    if answer.allowed and not by_committee:
        return wrong_moment(
            N_("A person decides this award, so there is no paper for a committee.")
        )
    if answer.allowed and not recommended:
        return wrong_moment(N_("The paper can be made once a bid is recommended."))
    return answer


def can_record(signs_off: Answer, *, by_committee: bool) -> Answer:
    """Answer whether whom `signs_off` lets answer the recommendation may record a committee's."""
    if signs_off.allowed and not by_committee:
        return wrong_moment(
            N_("A person decides this award. A procurement officer can say that a committee does.")
        )
    return signs_off


def met_fault(met_on: date | None, *, recommended_on: date, today: date) -> str | None:
    """Say what is wrong with the day of a committee's meeting; or nothing."""
    if met_on is None:
        return N_("Enter the day of the meeting")
    if met_on > today:
        return N_("Enter a day that has come: record the decision after the meeting")
    if met_on < recommended_on:
        return N_("The committee cannot have met before the bid was recommended")
    return None

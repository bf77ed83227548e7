"""Who may decide who goes on, and when. Pure; every answer says which of the two checks failed."""

import uuid
from dataclasses import dataclass

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

LAPSED = N_(
    "The result changed after this was proposed, so it no longer stands and there is nothing to "
    "confirm. The chair reads the new result and proposes again."
)
_LAST = N_(
    "This is the last stage that is judged: nobody goes on from it, and a bid is recommended."
)
_OVER = N_("It is decided already who goes on from this stage.")


@dataclass(frozen=True)
class Standing:
    """How far a stage has come: `leads_on` tells that another one follows in which bids are
    judged, `any_above` that somebody goes on by the plan, `tie` that bids tie across the line and
    are not decided, `tie_again` that the panel's decision about them can be another one, because
    the approver returned what was proposed on it, `undecided` that an interest which was found
    later waits for a decision, `awaits` that a proposal waits for an answer."""

    state: State
    leads_on: bool
    has_result: bool
    any_above: bool
    tie: bool
    undecided: bool
    awaits: bool
    tie_again: bool = False


def can_decide_cut_off(actor: Actor, chair_id: uuid.UUID | None, found: Standing) -> Answer:
    """Tell whether the actor may decide which of the bids that tie go on."""
    if not (answer := _chairs(actor, chair_id, found)).allowed:
        return answer
    if not found.tie and not found.tie_again:
        return wrong_moment(N_("No bids tie for the last place."))
    if found.awaits:
        return wrong_moment(N_("A proposal of who goes on waits for an approver already."))
    return ALLOWED


def can_propose(actor: Actor, chair_id: uuid.UUID | None, found: Standing) -> Answer:
    """Tell whether the actor may propose who goes on."""
    if not (answer := _chairs(actor, chair_id, found)).allowed:
        return answer
    if found.tie:
        return wrong_moment(
            N_("Bids tie for the last place. Decide first which of them go on, with the reason.")
        )
    if not found.any_above:
        return wrong_moment(
            N_(
                "No bid is left that could go on. A procurement officer can end the work and say "
                "why."
            )
        )
    if found.awaits:
        return wrong_moment(N_("A proposal of who goes on waits for an approver already."))
    return ALLOWED


def can_answer(
    actor: Actor,
    found: Standing,
    *,
    proposed_by_id: uuid.UUID | None,
    answered: bool,
    lapsed: bool,
    unnamed: bool,
) -> Answer:
    """Tell whether the actor may confirm or return the proposal; null: there is none.

    `lapsed`: what it rests on was changed after it was made; `unnamed`: the actor judges or
    observes here, and must not know whose bid is which.
    """
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver confirms who goes on."))
    if unnamed:
        return lacks_right(UNNAMED)
    if actor.user_id == proposed_by_id:
        return lacks_right(N_("You proposed this, so another person must confirm it."))
    if not found.leads_on:
        return wrong_moment(_LAST)
    if proposed_by_id is None:
        return wrong_moment(N_("There is no proposal of who goes on yet."))
    if answered or found.state is not State.EVALUATING:
        return wrong_moment(N_("This proposal has been answered already."))
    if lapsed:
        return wrong_moment(LAPSED)
    if found.undecided:
        return wrong_moment(UNDECIDED)
    return ALLOWED


def _chairs(actor: Actor, chair_id: uuid.UUID | None, found: Standing) -> Answer:
    if not actor.may(Permission.AWARD_RECOMMEND) or actor.user_id != chair_id:
        return lacks_right(N_("Only the chair of this panel proposes who goes on."))
    if not found.leads_on:
        return wrong_moment(_LAST)
    if found.state is State.ADVANCED:
        return wrong_moment(_OVER)
    if found.state is not State.EVALUATING or not found.has_result:
        return wrong_moment(N_("Who goes on can be decided once the result is computed."))
    if found.undecided:
        return wrong_moment(UNDECIDED)
    return ALLOWED

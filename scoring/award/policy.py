"""Who may decide what, and when. Pure; every answer says which of the two checks failed."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from challenges.lifecycle import AWARDED, State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.award.holding import Hold

LAPSED = N_(
    "The result changed after this recommendation was made, so it no longer stands and there is "
    "nothing to sign off. The chair reads the new result and recommends again."
)

UNDECIDED = N_(
    "An interest of a member of the panel was found later and is not decided yet. Decide it first: "
    "the result may change."
)

# Their panel may have to judge again, and the result tells whose bid is which.
UNNAMED = N_(
    "You sit on the panel that judges these bids without the names of their bidders, and the "
    "result names them. Until the decision is out, somebody else with your role reads it and signs "
    "off."
)

READERS = (
    Permission.AWARD_RECOMMEND,
    Permission.AWARD_APPROVE,
    Permission.CONTRACT_SIGN,
    Permission.RECORD_AUDIT,
)


def can_read_result(
    actor: Actor,
    quality_locked_at: datetime | None,
    *,
    chair_id: uuid.UUID | None,
    unnamed: bool,
) -> Answer:
    """Tell whether the actor may see totals, prices and ranks: only after the lock.

    Who chairs other panels of the body has no part in this one. `unnamed`: the actor judges or
    observes here, and must not know whose bid is which.
    """
    others = (each for each in READERS if each is not Permission.AWARD_RECOMMEND)
    chairs = actor.may(Permission.AWARD_RECOMMEND) and actor.user_id == chair_id
    if not chairs and not any(actor.may(permission) for permission in others):
        return lacks_right(
            N_("The result is for the chair, approvers, procurement officers and auditors.")
        )
    if unnamed:
        return lacks_right(UNNAMED)
    if quality_locked_at is None:
        return wrong_moment(
            N_("Prices and totals are shown when the chair has locked the quality scores.")
        )
    return ALLOWED


def can_conclude(actor: Actor, chair_id: uuid.UUID | None, state: State) -> Answer:
    """Tell whether the actor may lock quality and have the result computed."""
    if not actor.may(Permission.PANEL_CHAIR) or actor.user_id != chair_id:
        return lacks_right(N_("Only the chair of this panel locks the scores."))
    if state is not State.EVALUATING:
        return wrong_moment(N_("Scores can be locked while the challenge is being evaluated."))
    return ALLOWED


def can_recommend(
    actor: Actor,
    *,
    chair_id: uuid.UUID | None,
    state: State,
    has_result: bool,
    awaits_sign_off: bool,
    awaits_letters: bool = False,
    any_ranked: bool = True,
    undecided: bool = False,
    leads_on: bool = False,
) -> Answer:
    """Tell whether the actor may recommend a bid.

    `awaits_letters`: an award is approved, and its bidders are still to be told by letter;
    `any_ranked`: the result ranks one at least; `undecided`: an interest that was found later
    waits for a decision; `leads_on`: another stage follows in which bids are judged.
    """
    if not actor.may(Permission.AWARD_RECOMMEND) or actor.user_id != chair_id:
        return lacks_right(N_("Only the chair of this panel recommends a bid."))
    if leads_on:
        return wrong_moment(
            N_("Suppliers go on from this stage to another, so no bid is recommended here.")
        )
    if state is not State.EVALUATING or not has_result:
        return wrong_moment(N_("A bid can be recommended once the result is computed."))
    if undecided:
        return wrong_moment(UNDECIDED)
    if not any_ranked:
        return wrong_moment(
            N_(
                "No bid is left that could be recommended. A procurement officer can end the work "
                "and say why."
            )
        )
    if awaits_sign_off:
        return wrong_moment(N_("A recommendation is waiting for an approver already."))
    if awaits_letters:
        return wrong_moment(N_("An award is approved already, and letters to the bidders follow."))
    return ALLOWED


def can_sign_off(
    actor: Actor,
    *,
    recommended_by_id: uuid.UUID | None,
    state: State,
    answered: bool,
    unnamed: bool,
    lapsed: bool = False,
    undecided: bool = False,
) -> Answer:
    """Tell whether the actor may approve or return the recommendation; null: there is none.

    `unnamed`: as in `can_read_result`; `lapsed`: what it rests on was changed after it was made;
    `undecided`: an interest that was found later waits for a decision.
    """
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver signs off a recommendation."))
    if unnamed:
        return lacks_right(UNNAMED)
    if actor.user_id == recommended_by_id:
        return lacks_right(N_("You recommended this bid, so another person must sign it off."))
    if recommended_by_id is None:
        return wrong_moment(N_("There is no recommendation to sign off yet."))
    if answered or state is not State.EVALUATING:
        return wrong_moment(N_("This recommendation has been answered already."))
    if lapsed:
        return wrong_moment(LAPSED)
    if undecided:
        return wrong_moment(UNDECIDED)
    return ALLOWED


def can_decide_alone(signs_off: Answer, *, by_committee: bool) -> Answer:
    """Answer whether whom `signs_off` lets answer a recommendation decides it as a person."""
    if signs_off.allowed and by_committee:
        return wrong_moment(
            N_("A committee decides this award. Record what it decided once it has met.")
        )
    return signs_off


def can_sign_contract(
    actor: Actor,
    *,
    state: State,
    announced: bool,
    holds: Sequence[Hold] = (),
    more_to_sign: bool = False,
    rest_ended: bool = False,
) -> Answer:
    """Tell whether the actor may record a signed contract: after the standstill, not before.

    `holds` is what keeps this contract back (`blocking.holds`); `announced`: the award is, or
    suppliers have gone on to work that is paid; `more_to_sign`: there is work of theirs for which
    nothing is signed yet; `rest_ended`: what was not signed ended without award.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records a signed contract."))
    if rest_ended:
        return wrong_moment(
            N_("What was not signed ended without award, so no further contract follows.")
        )
    signing = state is State.INTENTION or (
        more_to_sign and (state in AWARDED or state is State.ADVANCED)
    )
    if not signing or not announced:
        return wrong_moment(
            N_("A contract can be signed after the intention to award is announced.")
        )
    if holds:
        return wrong_moment(holds[0].message)
    return ALLOWED

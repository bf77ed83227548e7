"""Who may have a decision taken again, and when. Pure."""

import uuid
from collections.abc import Collection

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
from scoring.award.policy import UNNAMED
from scoring.panel.again.lifecycle import NAMING, Point

NOTHING_SIGNED = wrong_moment(
    N_("No contract is signed, so all of the decision can be taken again, or all ended.")
)
_SIGNED = N_("A contract is signed, so this decision can no longer be taken again.")


def can_propose(
    actor: Actor,
    *,
    chair_id: uuid.UUID | None,
    state: State,
    approved: bool,
    signed: bool,
    waits: bool,
    unnamed: bool,
) -> Answer:
    """Answer whether the actor may propose to take the decision again.

    `approved` tells that a recommendation is approved and was not taken back, told to bidders or
    not; `signed` that a contract of it is signed; `waits` that such a proposal waits already.
    """
    chairs = actor.may(Permission.AWARD_RECOMMEND) and actor.user_id == chair_id
    if not chairs and not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(
            N_("Only the chair of this panel or a procurement officer proposes this.")
        )
    if unnamed and not chairs:
        return lacks_right(UNNAMED)
    if signed:
        return wrong_moment(_SIGNED)
    if not approved or state not in (State.EVALUATING, State.INTENTION):
        return wrong_moment(N_("There is no approved decision that could be taken again."))
    if waits:
        return wrong_moment(N_("A proposal to take the decision again waits for an approver."))
    return ALLOWED


def can_end_rest(
    actor: Actor, *, state: State, signed: bool, left: bool, waits: bool, unnamed: bool
) -> Answer:
    """Answer whether the actor may propose that what is not signed ends without award.

    `signed` tells that a contract of the decision is signed, `left` that another can still be;
    `waits` that such a proposal waits already.
    """
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer proposes this."))
    if unnamed:
        return lacks_right(UNNAMED)
    if not signed or state not in AWARDED:
        return NOTHING_SIGNED
    if not left:
        return wrong_moment(N_("Nothing of this decision is left that could be signed."))
    if waits:
        return wrong_moment(N_("A proposal to end the rest waits for an approver."))
    return ALLOWED


def sift_moment(*, state: State, confirmed: bool, following: State, signed: bool) -> Answer:
    """Answer whether it is the moment to decide again who goes on from a stage.

    `confirmed` tells that it is decided and stands, `following` is where the next stage stands,
    `signed` tells that a contract is signed for the paid work before it.
    """
    if not confirmed or state is not State.ADVANCED:
        return wrong_moment(N_("Nobody has gone on from this stage by a decision that stands."))
    if following is not State.WAITING:
        return wrong_moment(
            N_(
                "The next stage has begun, so who goes on is not decided again. What remains: the "
                "decision of the award can be taken again when it is made, or the challenge ends "
                "without a contract."
            )
        )
    if signed:
        return wrong_moment(
            N_(
                "A contract for paid work is signed with a supplier who went on, so who goes on is "
                "not decided again. What remains: the decision of the award can be taken again "
                "when it is made, or the challenge ends without a contract."
            )
        )
    return ALLOWED


def can_sift_again(
    actor: Actor, *, chair_id: uuid.UUID | None, moment: Answer, waits: bool, unnamed: bool
) -> Answer:
    """Answer whether the actor may propose that who goes on is decided again."""
    chairs = actor.may(Permission.AWARD_RECOMMEND) and actor.user_id == chair_id
    if not chairs and not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(
            N_("Only the chair of this panel or a procurement officer proposes this.")
        )
    if unnamed and not chairs:
        return lacks_right(UNNAMED)
    if not moment.allowed:
        return moment
    if waits:
        return wrong_moment(N_("A proposal to take the decision again waits for an approver."))
    return ALLOWED


def can_answer_sift(
    actor: Actor, *, proposed_by_id: uuid.UUID | None, moment: Answer, unnamed: bool
) -> Answer:
    """Answer whether the actor may confirm or return a proposal that who goes on is decided again;
    null: none waits."""
    answer = can_answer(actor, proposed_by_id=proposed_by_id, signed=False, unnamed=unnamed)
    return moment if answer.allowed else answer


def can_answer(
    actor: Actor,
    *,
    proposed_by_id: uuid.UUID | None,
    signed: bool,
    unnamed: bool,
) -> Answer:
    """Answer whether the actor may confirm or return a proposal; null: none waits.

    `signed` tells that a contract is signed; of a proposal that the rest ends, that nothing is
    left.
    """
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver decides whether a decision is taken again."))
    if unnamed:
        return lacks_right(UNNAMED)
    if proposed_by_id is None:
        return wrong_moment(N_("No proposal to take the decision again waits for an answer."))
    if actor.user_id == proposed_by_id:
        return lacks_right(N_("You proposed this, so another person must decide."))
    if signed:
        return wrong_moment(_SIGNED)
    return ALLOWED


def points_at(*, scores_stand: bool) -> tuple[Point, ...]:
    """Give from where a decision can be taken again: no score is agreed where scores stand."""
    return tuple(each for each in Point if not (scores_stand and each is Point.MODERATION))


def named_fault(point: Point, named: Collection[str], known: Collection[str]) -> str | None:
    """Say what is wrong with the questions that are named, if anything is."""
    if point not in NAMING:
        return None
    if not named:
        return N_("Choose the questions that are judged again")
    return None if set(named) <= set(known) else N_("Choose among the questions of this stage")

"""Who may set the example of a trial, score it, and see what the others gave. Pure.

`phase` is None where no panel has been named; `member` is the actor's own seat, or None.
"""

from typing import TYPE_CHECKING

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Ground,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.panel.lifecycle import BEFORE_SCORING, PanelPhase, Seat
from scoring.panel.reminding.policy import can_remind

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember

_OVER = N_("Scoring has begun, so the trial is over.")


def can_set_example(
    actor: Actor, member: "PanelMember | None", phase: PanelPhase | None, *, scored: int
) -> Answer:
    """Answer whether the actor may set or change the example; `scored` people have scored it."""
    if can_remind(actor, member, phase).ground is Ground.RIGHT:
        return lacks_right(
            N_("Only the chair, the challenge lead or a procurement officer sets the example.")
        )
    if phase not in BEFORE_SCORING:
        return wrong_moment(_OVER)
    if scored:
        return wrong_moment(N_("Somebody has scored the example, so it stays as it is."))
    return ALLOWED


def can_score_trial(
    actor: Actor,
    member: "PanelMember | None",
    phase: PanelPhase | None,
    *,
    exists: bool,
    scored: bool,
) -> Answer:
    """Answer whether the actor may score the example, once; `scored` tells whether they have."""
    if member is None or member.user_id != actor.user_id or member.left_at is not None:
        return lacks_right(N_("You are not on this panel."))
    if member.seat is not Seat.EVALUATOR or not actor.may(Permission.SCORE_RECORD):
        return lacks_right(N_("Only the evaluators of this panel score."))
    if member.briefed_at is None:
        return wrong_moment(N_("Accept the briefing first."))
    if phase not in BEFORE_SCORING:
        return wrong_moment(_OVER)
    if not exists:
        return wrong_moment(N_("There is no example to score yet."))
    if scored:
        return wrong_moment(N_("You have scored the example already."))
    return ALLOWED


def sees_spread(seat: Seat | None, *, scored: bool, all_scored: bool) -> bool:
    """Tell whether somebody sees what the others gave: an evaluator once they have scored, so that
    nobody is led; those on the panel who do not score once all evaluators have."""
    if seat is None:
        return False
    return scored if seat is Seat.EVALUATOR else all_scored

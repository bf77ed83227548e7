"""Who may say which criteria an evaluator scores, and until when. Pure."""

from typing import TYPE_CHECKING

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Ground,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.reminding.policy import can_remind

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember


def can_assign(actor: Actor, member: "PanelMember | None", phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may say who scores what: whoever may remind the panel, as long."""
    answer = can_remind(actor, member, phase)
    if answer.ground is Ground.RIGHT:
        return lacks_right(
            N_("Only the chair, the challenge lead or a procurement officer says who scores what.")
        )
    if answer.ground is Ground.MOMENT:
        return wrong_moment(N_("Moderation has begun, so who scores what stands."))
    return answer


def can_assign_to(evaluator: "PanelMember") -> Answer:
    """Answer whether this member's criteria can change: an evaluator's, until they submit."""
    if evaluator.seat is not Seat.EVALUATOR:
        return wrong_moment(N_("Only evaluators score criteria."))
    if evaluator.scores_submitted_at is not None:
        return wrong_moment(N_("This evaluator has submitted their scores already."))
    return ALLOWED

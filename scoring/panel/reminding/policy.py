"""Who may remind the members of a panel and say by when a step is due. Pure."""

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
from scoring.panel.lifecycle import PanelPhase
from scoring.panel.policy import chairs
from scoring.panel.reminding.lifecycle import WORKING

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember


def can_remind(actor: Actor, member: "PanelMember | None", phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may remind members and set due days: the panel's chair, or whoever
    names panels; `member` is the actor's own seat."""
    if not chairs(actor, member) and not actor.may(Permission.PANEL_NAME):
        return lacks_right(
            N_("Only the chair, the challenge lead or a procurement officer reminds the panel.")
        )
    if phase not in WORKING:
        return wrong_moment(N_("There is nothing that members of the panel do by themselves now."))
    return ALLOWED

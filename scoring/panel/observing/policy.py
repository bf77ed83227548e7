"""Who may read the record of a panel, and from when. Pure."""

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
from scoring.panel.policy import can_see_all_scores

if TYPE_CHECKING:
    from scoring.panel.models import PanelMember

# From the lock on: an auditor who asks earlier could be asked what the others think.
AUDITORS_FROM = frozenset({PanelPhase.LOCKED})


def can_read_record(actor: Actor, member: "PanelMember | None", phase: PanelPhase | None) -> Answer:
    """Answer whether the actor may read the record: whoever sits, observers too, once the panel
    sees all scores; auditors of the body once quality is locked. Nobody else, the body's leads and
    officers neither: they read the result and the report."""
    if member is not None:
        return can_see_all_scores(actor, member, phase)
    if not actor.may(Permission.RECORD_AUDIT):
        return lacks_right(N_("The record of a panel is for its members and for auditors."))
    if phase not in AUDITORS_FROM:
        return wrong_moment(
            N_("Auditors read the record of a panel once its agreed scores are locked.")
        )
    return ALLOWED

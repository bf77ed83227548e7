"""Who may measure what the work achieved, and when. Pure."""

import uuid
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
from scoring.award.delivery.benefits.lifecycle import ROUNDS, due_on


def can_measure(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    state: State,
    finished_on: date | None,
    months: int,
    today: date,
) -> Answer:
    """Tell whether the actor may record what was measured so many months after the work's end.

    Measured again, a round takes the place of what was recorded before, which stays in the record.
    """
    if actor.organisation_id != buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(
            N_("Only a challenge lead or a procurement officer records what was measured.")
        )
    if state is not State.FINISHED or finished_on is None or months not in ROUNDS:
        return wrong_moment(N_("Benefits are measured once the work is finished."))
    if today < due_on(finished_on, months):
        return wrong_moment(N_("It is too early for this measurement."))
    return ALLOWED

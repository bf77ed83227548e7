"""Who may propose and confirm what follows from a gate, and when. Pure."""

import uuid

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

_OTHER_BODY = N_("This contract belongs to another organisation.")
_WORKING = frozenset({State.EVALUATING, State.INTENTION, State.SIGNED, State.DELIVERING})


def can_propose(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    state: State,
    gated: bool,
    ended: bool,
    awaits: bool,
    waiting_reports: int,
) -> Answer:
    """Tell whether the actor may propose what follows from the gate of a contract.

    `awaits`: a proposal waits for an approver; `waiting_reports`: milestones that the supplier
    reported and nobody answered: a supplier is not stopped on what nobody has looked at.
    """
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.DELIVERY_ACCEPT):
        return lacks_right(N_("Only a challenge lead holds a gate."))
    if not gated:
        return wrong_moment(N_("Work of this kind has no gate at its end."))
    if ended or state not in _WORKING:
        return wrong_moment(N_("The work under this contract has ended."))
    if awaits:
        return wrong_moment(N_("A proposal for this gate waits for an approver already."))
    if waiting_reports:
        return wrong_moment(
            N_("A milestone waits to be accepted. Accept it or send it back before the gate.")
        )
    return ALLOWED


def can_answer(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    state: State,
    ended: bool,
    proposed_by_id: uuid.UUID | None,
    answered: bool,
) -> Answer:
    """Tell whether the actor may confirm a proposal or return it; null: there is none."""
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver confirms what follows from a gate."))
    if actor.user_id == proposed_by_id:
        return lacks_right(N_("You proposed this, so another person must confirm it."))
    if proposed_by_id is None:
        return wrong_moment(N_("There is no proposal for this gate yet."))
    if answered or ended or state not in _WORKING:
        return wrong_moment(N_("This proposal has been answered already."))
    return ALLOWED

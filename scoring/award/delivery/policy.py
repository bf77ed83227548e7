"""Who may plan, report, accept, pay and end work, and when. Pure.

Each answer says which of the two checks failed: the right, or the moment.
"""

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
from scoring.award.delivery.milestones.lifecycle import Standing
from scoring.award.policy import UNNAMED

READERS = (
    Permission.DELIVERY_ACCEPT,
    Permission.CONTRACT_SIGN,
    Permission.AWARD_APPROVE,
    Permission.RECORD_AUDIT,
)

_OTHER_BODY = N_("This contract belongs to another organisation.")
_ENDED = N_("The work under this contract has ended.")
# While the challenge runs, and while its contracts are carried out.
_WORKING = frozenset({State.EVALUATING, State.INTENTION, State.SIGNED, State.DELIVERING})


def can_see(*, unnamed: bool) -> Answer:
    """Tell whether a reader of a body may know with whom its contracts are, and do what they ask.

    `unnamed`: the actor judges or observes a stage without names, and must not know whose bid is
    which; who works under a contract before it would tell.
    """
    return lacks_right(UNNAMED) if unnamed else ALLOWED


def can_plan(actor: Actor, *, buyer_id: uuid.UUID, state: State, ended: bool) -> Answer:
    """Tell whether the actor may write the milestones of a contract, or change them."""
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer writes the milestones of a contract."))
    return _while_working(state, ended=ended)


def can_report(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    supplier_id: uuid.UUID,
    state: State,
    ended: bool,
    standing: Standing,
) -> Answer:
    """Tell whether the actor may report a milestone as delivered.

    The supplier does; an officer records what a supplier reported by other means.
    """
    for_supplier = actor.organisation_id == supplier_id and actor.may(Permission.BID_DRAFT)
    for_body = actor.organisation_id == buyer_id and actor.may(Permission.CONTRACT_SIGN)
    if not for_supplier and not for_body:
        return lacks_right(
            N_("Only the supplier reports a milestone, or a procurement officer who records it.")
        )
    if not (answer := _while_working(state, ended=ended)).allowed:
        return answer
    if standing is Standing.REPORTED:
        return wrong_moment(N_("This milestone is reported already and waits to be accepted."))
    if standing not in (Standing.PLANNED, Standing.RETURNED):
        return wrong_moment(N_("This milestone is accepted already."))
    return ALLOWED


def can_accept(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    state: State,
    ended: bool,
    standing: Standing,
    reported_by_id: uuid.UUID | None,
) -> Answer:
    """Tell whether the actor may accept what was reported, or send it back."""
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.DELIVERY_ACCEPT):
        return lacks_right(
            N_("Only a challenge lead accepts what was delivered: they asked for it.")
        )
    if actor.user_id == reported_by_id:
        return lacks_right(N_("You recorded this report, so another person must accept it."))
    if not (answer := _while_working(state, ended=ended)).allowed:
        return answer
    if standing is not Standing.REPORTED:
        return wrong_moment(N_("Nothing waits to be accepted here."))
    return ALLOWED


def can_pay(
    actor: Actor,
    *,
    buyer_id: uuid.UUID,
    standing: Standing,
    accepted_by_id: uuid.UUID | None,
    accepted_minor: int,
    ineffective: bool = False,
) -> Answer:
    """Tell whether the actor may record that a milestone was paid: also once the work has ended.

    Whoever accepted it records no payment for it. `ineffective`: a court declared the contract so,
    and says itself what is still owed.
    """
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records a payment."))
    if actor.user_id == accepted_by_id:
        return lacks_right(N_("You accepted this milestone, so another person records payment."))
    if ineffective:
        return wrong_moment(
            N_(
                "A court declared this contract ineffective, so no payment under it is recorded. "
                "What is still owed follows from the court’s order."
            )
        )
    if standing is Standing.PAID:
        return wrong_moment(N_("The payment for this milestone is recorded already."))
    if standing is not Standing.ACCEPTED:
        return wrong_moment(N_("A milestone is paid once it is accepted."))
    if accepted_minor == 0:
        return wrong_moment(N_("Nothing is paid for this milestone."))
    return ALLOWED


def in_time(*, late: bool) -> Answer:
    """Tell whether a report may be accepted: not one from after the last day that a court gave the
    contract."""
    if late:
        return wrong_moment(
            N_("It was reported after the last day that a court gave the contract. Send it back.")
        )
    return ALLOWED


def in_step(*, out_of_step: bool) -> Answer:
    """Tell whether something may be accepted or paid under a contract: not after its value was
    changed, and before its milestones come to the new one."""
    if out_of_step:
        return wrong_moment(
            N_("The contract’s value was changed. Change its milestones first, so that they fit.")
        )
    return ALLOWED


def can_finish(
    actor: Actor, *, buyer_id: uuid.UUID, state: State, ended: bool, gated: bool, open_count: int
) -> Answer:
    """Tell whether the actor may say that the work under a contract is done.

    `gated`: it ends at a gate, which decides that; `open_count`: milestones that are not accepted,
    and still can be.
    """
    if actor.organisation_id != buyer_id:
        return lacks_right(_OTHER_BODY)
    if not actor.may(Permission.DELIVERY_ACCEPT):
        return lacks_right(N_("Only a challenge lead says that the work is done."))
    if not (answer := _while_working(state, ended=ended)).allowed:
        return answer
    if gated:
        return wrong_moment(N_("This work ends at a gate: hold the gate instead."))
    if open_count:
        return wrong_moment(
            N_("Not every milestone is accepted yet. Accept them first, or change the plan.")
        )
    return ALLOWED


def can_close(
    actor: Actor, *, buyer_id: uuid.UUID, state: State, running: int, contracts: int
) -> Answer:
    """Tell whether the actor may say that all work of a challenge is finished.

    `running` counts the contracts under which work goes on, of `contracts` in all.
    """
    if actor.organisation_id != buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer closes the work of a challenge."))
    if state is not State.DELIVERING:
        return wrong_moment(N_("Work is finished while it is under way, and not before or after."))
    if running or not contracts:
        return wrong_moment(N_("Work goes on under a contract: it ends first."))
    return ALLOWED


def _while_working(state: State, *, ended: bool) -> Answer:
    if ended:
        return wrong_moment(_ENDED)
    if state not in _WORKING:
        return wrong_moment(N_("The challenge has ended, and the work with it."))
    return ALLOWED

"""Who may hold, lift, propose to erase and confirm it, and when. Pure."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_


@dataclass(frozen=True)
class Keeps:
    """What stands in the way of erasing the records of a challenge.

    `due_on` is when all its times are over, None while one has not begun. `holds` counts the legal
    holds that are not lifted. `disputed`: a complaint or proceedings are not at an end.
    """

    due_on: date | None
    holds: int
    disputed: bool
    proposed: bool
    erased: bool


def can_read(actor: Actor) -> Answer:
    """Tell whether the actor may see how long records are kept."""
    if any(actor.may(each) for each in READERS):
        return ALLOWED
    return lacks_right(
        N_("How long records are kept is for procurement officers, approvers and auditors.")
    )


READERS: Sequence[Permission] = (
    Permission.CONTRACT_SIGN,
    Permission.AWARD_APPROVE,
    Permission.RECORD_AUDIT,
)


def can_set(actor: Actor) -> Answer:
    """Tell whether the actor may set the body's own times, and holds."""
    if actor.may(Permission.CONTRACT_SIGN):
        return ALLOWED
    return lacks_right(N_("Only a procurement officer can do this."))


def can_hold(actor: Actor, keeps: Keeps) -> Answer:
    """Tell whether the actor may set a hold: at any time before the records are erased."""
    if not (answer := can_set(actor)).allowed:
        return answer
    return wrong_moment(N_("These records are erased already.")) if keeps.erased else ALLOWED


def can_lift(actor: Actor, set_by: uuid.UUID, *, lifted: bool) -> Answer:
    """Tell whether the actor may lift a hold: an approver, and not who set it."""
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver can lift a hold."))
    if actor.user_id == set_by:
        return lacks_right(N_("You set this hold, so another person lifts it."))
    return wrong_moment(N_("This hold is lifted already.")) if lifted else ALLOWED


def can_propose(actor: Actor, keeps: Keeps, today: date) -> Answer:
    """Tell whether the actor may propose to erase the records of a challenge."""
    if not (answer := can_set(actor)).allowed:
        return answer
    if keeps.proposed:
        return wrong_moment(N_("It is proposed already, and waits for another person."))
    return may_go(keeps, today)


def can_answer(
    actor: Actor, proposed_by: uuid.UUID, keeps: Keeps, today: date, *, confirms: bool
) -> Answer:
    """Tell whether the actor may answer a proposed erasure; to refuse it is never too late."""
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver can confirm that records are erased."))
    if actor.user_id == proposed_by:
        return lacks_right(N_("You proposed this, so another person answers."))
    if not keeps.proposed:
        return wrong_moment(N_("It is answered already."))
    return may_go(keeps, today) if confirms else ALLOWED


def may_go(keeps: Keeps, today: date) -> Answer:
    """Tell whether the records may be erased on a day: on the last day of their time not yet."""
    if keeps.erased:
        return wrong_moment(N_("These records are erased already."))
    if keeps.holds:
        return wrong_moment(N_("A legal hold stands. An approver can lift it."))
    if keeps.disputed:
        return wrong_moment(
            N_("A complaint or court proceedings are not at an end, so all of it is kept.")
        )
    if keeps.due_on is None or today < keeps.due_on:
        return wrong_moment(N_("The time to keep these records is not over."))
    return ALLOWED

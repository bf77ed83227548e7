"""Who may complain, who looks at it, who decides, and what keeps a contract back. Pure."""

import uuid
from collections.abc import Collection

from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.award.complaints.lifecycle import OPEN, Standing
from scoring.award.holding import Hold
from scoring.award.policy import UNNAMED

READERS = (
    Permission.AWARD_RECOMMEND,
    Permission.AWARD_APPROVE,
    Permission.CONTRACT_SIGN,
    Permission.RECORD_AUDIT,
)

ON_PANEL = N_(
    "You sit or sat on the panel whose work this is about, so somebody else looks at the complaint."
)
_ENDED = N_("This complaint is decided or taken back already.")
_PAGE = "complaints.index"


def can_complain(actor: Actor, *, told: bool) -> Answer:
    """Answer whether the actor may complain about a decision for the own organisation.

    `told` tells that a decision about its bid stands and was told to it.
    """
    if not actor.may(Permission.BID_SUBMIT):
        return lacks_right(
            N_("Only an administrator of your organisation complains for it. Ask one of them.")
        )
    if not told:
        return wrong_moment(N_("There is no decision now that you could complain about."))
    return ALLOWED


def can_read(actor: Actor, *, chair_id: uuid.UUID | None, unnamed: bool) -> Answer:
    """Answer whether the actor may read complaints of the own body: who deals with them, auditors,
    and the chair of the panel.

    `unnamed`: the actor judges or observes here again, and must not know whose bid is which.
    """
    chairs = actor.may(Permission.AWARD_RECOMMEND) and actor.user_id == chair_id
    others = (each for each in READERS if each is not Permission.AWARD_RECOMMEND)
    if not chairs and not any(actor.may(each) for each in others):
        return lacks_right(
            N_("Complaints are for procurement officers, approvers, auditors and the chair.")
        )
    return lacks_right(UNNAMED) if unnamed else ALLOWED


def can_record(actor: Actor, *, told: bool) -> Answer:
    """Answer whether the actor may record a complaint that came by other means, or proceedings."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records this."))
    if not told:
        return wrong_moment(N_("No decision has been told to bidders yet."))
    return ALLOWED


def can_propose(actor: Actor, standing: Standing, *, on_panel: bool) -> Answer:
    """Answer whether the actor may propose what to decide about a complaint."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer looks at a complaint."))
    if on_panel:
        return lacks_right(ON_PANEL)
    if standing not in OPEN:
        return wrong_moment(_ENDED)
    if standing is Standing.PROPOSED:
        return wrong_moment(N_("A proposal waits for an approver already."))
    return ALLOWED


def can_decide(
    actor: Actor, standing: Standing, *, proposed_by_id: uuid.UUID | None, on_panel: bool
) -> Answer:
    """Answer whether the actor may confirm or return what an officer proposed."""
    if not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only an approver decides about a complaint."))
    if on_panel:
        return lacks_right(ON_PANEL)
    if actor.user_id == proposed_by_id:
        return lacks_right(N_("You proposed this, so another person must decide."))
    if standing is Standing.WAITING:
        return wrong_moment(N_("A procurement officer looks at the complaint first."))
    if standing is not Standing.PROPOSED:
        return wrong_moment(_ENDED)
    return ALLOWED


def can_take_back(actor: Actor, standing: Standing) -> Answer:
    """Answer whether the actor may take the own organisation's complaint back."""
    if not actor.may(Permission.BID_SUBMIT):
        return lacks_right(
            N_("Only an administrator of your organisation takes its complaint back.")
        )
    return ALLOWED if standing in OPEN else wrong_moment(_ENDED)


def can_record_end(actor: Actor, *, ended: bool, proposed: bool) -> Answer:
    """Answer whether the actor may record how proceedings ended; a second person confirms it."""
    if not actor.may(Permission.CONTRACT_SIGN):
        return lacks_right(N_("Only a procurement officer records this."))
    if ended:
        return wrong_moment(N_("The end of these proceedings is recorded already."))
    if proposed:
        return wrong_moment(N_("A second person has still to confirm the end that was recorded."))
    return ALLOWED


def can_confirm_end(actor: Actor, *, recorded_by_id: uuid.UUID | None, ended: bool) -> Answer:
    """Answer whether the actor may confirm or return the recorded end of proceedings."""
    if not actor.may(Permission.CONTRACT_SIGN) and not actor.may(Permission.AWARD_APPROVE):
        return lacks_right(N_("Only a procurement officer or an approver confirms this."))
    if actor.user_id == recorded_by_id:
        return lacks_right(N_("You recorded this, so another person must confirm it."))
    if ended:
        return wrong_moment(N_("The end of these proceedings is recorded already."))
    if recorded_by_id is None:
        return wrong_moment(N_("No end of these proceedings is recorded yet."))
    return ALLOWED


def holds(
    complaints: Collection[Standing],
    *,
    in_court: bool,
    set_aside: bool = False,
    signed: bool = False,
) -> list[Hold]:
    """Give what keeps contracts back: complaints by how far each has come, and proceedings.

    `set_aside` tells that a court set aside the decision that stands, or declared it ineffective,
    `signed` that a contract had been signed by it: then what is not signed can only end.
    """
    found = []
    if set_aside:
        found.append(
            Hold(
                "court",
                N_(
                    "A court set this decision aside, so no further contract is signed by it. What "
                    "is signed stands. Let the rest end without award."
                )
                if signed
                else N_(
                    "A court set this decision aside, so no contract is signed by it. Take the "
                    "decision again."
                ),
                endpoint="again.show",
            )
        )
    if in_court:
        found.append(
            Hold(
                "court",
                N_(
                    "The decision is before a court. No contract is signed until the end of the "
                    "proceedings is recorded and confirmed by a second person."
                ),
                endpoint=_PAGE,
            )
        )
    if any(each in OPEN for each in complaints):
        found.append(
            Hold(
                "complaint",
                N_("A complaint about the decision is not decided yet."),
                endpoint=_PAGE,
            )
        )
    return found

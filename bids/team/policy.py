"""Who may join a bid, answer and leave, and what a bid's team still lacks. Pure."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bids.policy import Gap, Part
from bids.team.lifecycle import STANDING, InvitationState, LeadShare
from challenges.lifecycle import State, state_at
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_


class Hurdle(StrEnum):
    """What keeps a person from accepting for an organisation, in the order to deal with it."""

    NO_ORGANISATION = "no_organisation"
    NO_SUPPLIER = "no_supplier"
    LEAD = "lead"
    ALREADY = "already"
    NO_ADMIN = "no_admin"
    NOT_DECLARED = "not_declared"
    EXPIRED = "expired"


HURDLE_WORDS: Mapping[Hurdle, str] = {
    Hurdle.NO_ORGANISATION: N_("Register your organisation as a supplier first."),
    Hurdle.NO_SUPPLIER: N_("You act for an organisation that is no supplier. Act for your own."),
    Hurdle.LEAD: N_("You act for the bidder itself. Act for the organisation that is the partner."),
    Hurdle.ALREADY: N_("Your organisation is a partner in this bid already."),
    Hurdle.NO_ADMIN: N_(
        "Only a supplier administrator can accept. Ask one of yours to make you one, or ask the "
        "bidder to invite them."
    ),
    Hurdle.NOT_DECLARED: N_("Declare the eligibility of your organisation first."),
    Hurdle.EXPIRED: N_("Declare the eligibility of your organisation again: it has expired."),
}


@dataclass(frozen=True)
class Asked:
    """Where an invitation stands when somebody wants to do something with it.

    `state` and `closes_at` are the challenge's; `lead_id` is the bidder, `partners` are the
    organisations that have accepted in the same bid.
    """

    standing: InvitationState
    state: State
    closes_at: datetime | None
    lead_id: uuid.UUID
    partner_id: uuid.UUID | None = None
    partners: frozenset[uuid.UUID] = frozenset()


def is_open(asked: Asked, now: datetime) -> bool:
    """Tell whether the challenge takes bids, so that who does the work can still change."""
    return state_at(asked.state, asked.closes_at, now) is State.OPEN


def hurdle(
    actor: Actor | None, asked: Asked, *, supplier: bool, until: datetime | None, now: datetime
) -> Hurdle | None:
    """Give the first thing that keeps the actor from accepting, apart from the moment.

    `supplier` tells whether the organisation they act for is one; `until` is when its declaration
    of eligibility expires, None where it has made none.
    """
    if actor is None:
        return Hurdle.NO_ORGANISATION
    if not supplier:
        return Hurdle.NO_SUPPLIER
    if actor.organisation_id == asked.lead_id:
        return Hurdle.LEAD
    if actor.organisation_id in asked.partners:
        return Hurdle.ALREADY
    if not actor.may(Permission.BID_SUBMIT):
        return Hurdle.NO_ADMIN
    if until is None:
        return Hurdle.NOT_DECLARED
    return Hurdle.EXPIRED if until <= now else None


def can_accept(found: Hurdle | None, asked: Asked, now: datetime) -> Answer:
    """Answer whether somebody may accept, `found` being what keeps them from it."""
    answer = can_decline(asked, now)
    if not answer.allowed or found is None:
        return answer
    if found in (Hurdle.ALREADY, Hurdle.NOT_DECLARED, Hurdle.EXPIRED):
        return wrong_moment(HURDLE_WORDS[found])
    return lacks_right(HURDLE_WORDS[found])


def can_decline(asked: Asked, now: datetime) -> Answer:
    """Answer whether whoever was invited may decline, in whatever role."""
    if asked.standing is not InvitationState.ASKED:
        return wrong_moment(_ENDED[asked.standing])
    return ALLOWED if is_open(asked, now) else wrong_moment(_CLOSED)


def can_leave(actor: Actor | None, asked: Asked, now: datetime) -> Answer:
    """Answer whether the actor may take their organisation out of a bid."""
    if actor is None or actor.organisation_id != asked.partner_id:
        return lacks_right(N_("Only a partner can leave a bid."))
    if not actor.may(Permission.BID_SUBMIT):
        return lacks_right(
            N_("Only a supplier administrator can take your organisation out of a bid.")
        )
    if asked.standing is not InvitationState.ACCEPTED:
        return wrong_moment(_ENDED[asked.standing])
    return ALLOWED if is_open(asked, now) else wrong_moment(_CLOSED)


def can_take_back(standing: InvitationState) -> Answer:
    """Answer whether an invitation can be taken back; whether the bid may be changed is asked
    besides (`bids.policy.can_edit`)."""
    if standing in (InvitationState.ASKED, InvitationState.ACCEPTED):
        return ALLOWED
    return wrong_moment(_ENDED[standing])


@dataclass(frozen=True)
class Standing:
    """A partner as a check of the bid sees it: its name, and until when it has declared."""

    name: str
    state: InvitationState
    eligible_until: datetime | None


def team_gaps(partners: Iterable[Standing], now: datetime) -> list[Gap]:
    """List what the partners still have to do before the bid can be submitted.

    Whoever declined or left, or was taken back, is in the bid no more and keeps nobody waiting.
    """
    found = []
    for each in partners:
        if each.state is InvitationState.ASKED:
            found.append(
                _gap(N_("%(name)s has not accepted yet: wait, or take the invitation back"), each)
            )
        elif each.state is InvitationState.ACCEPTED and (
            each.eligible_until is None or each.eligible_until <= now
        ):
            found.append(_gap(N_("%(name)s must declare its eligibility again"), each))
    return found


def share_gaps(lead: LeadShare) -> list[Gap]:
    """Say that nothing is left for the bidder, if so.

    Each share is checked when it is entered. But changes that are given up bring subcontractors
    back, and partners who were asked meanwhile stay.
    """
    if lead.percent:
        return []
    return [Gap(Part.TEAM, N_("Lower the shares of others: all together must be below 100%"))]


def left_gaps(partners: Iterable[Standing]) -> list[Gap]:
    """List the partners whom a submitted bid names and who are in it no more."""
    return [
        _gap(N_("%(name)s is your partner no more: change your bid"), each)
        for each in partners
        if each.state not in STANDING
    ]


def _gap(message: str, partner: Standing) -> Gap:
    return Gap(Part.TEAM, message, data={"name": partner.name})


_CLOSED = N_("Bids are closed, so who does the work can no longer change.")
_ENDED: Mapping[InvitationState, str] = {
    InvitationState.ASKED: N_("You have not accepted yet, so there is nothing to leave."),
    InvitationState.ACCEPTED: N_("This invitation is accepted already."),
    InvitationState.DECLINED: N_("This invitation was declined. The bidder can ask again."),
    InvitationState.LEFT: N_("The partner has left this bid. The bidder can ask again."),
    InvitationState.TAKEN_BACK: N_("The bidder has taken this invitation back."),
}

"""Asks a partner to join a bid, and takes that back."""

import uuid

from sqlalchemy.orm import Session

from bids.models import Bid
from bids.policy import can_edit
from bids.service.drafting import editable, mark_changed
from bids.service.loading import locked_bid
from bids.team import holding, letters, policy, queries
from bids.team.holding import Terms
from bids.team.lifecycle import (
    DAILY_MOST,
    DAY,
    DOES_MOST,
    NAME_MOST,
    PARTNERS_MOST,
    InvitationState,
    share_fault,
)
from bids.team.models import TeamInvitation
from challenges.texts import refusal, refuse_all, text_faults
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction


def invite(
    reference: str,
    *,
    email: str,
    name: str,
    does: str,
    share_percent: int | None,
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Ask whoever reads post at `email` (in its normal form) to join a bid for their organisation.

    `name` is the organisation's as the bidder knows it. The very same asked twice is asked once.
    Gives the invitation's identifier.

    Raises:
        NotFound: there is no such bid of the actor's organisation.
        Forbidden, WrongMoment: by `bids.policy.can_edit`; or there are too many partners, or the
            person has invited too many today.
        Invalid: something is missing or too long, the shares come to 100% or more, or the person
            acts for the bidder, or is invited already.
    """
    with transaction() as session:
        bid = editable(session, reference, actor, clock)
        team, name, does = queries.team_of(session, bid), on_one_line(name), does.strip()
        for each in team.standing:
            if each.invitation.email == email:
                if each.terms == Terms(name, does, share_percent or 0):
                    return each.invitation.id
                raise refusal({"email": N_("This person is invited to this bid already.")})
        _refuse_faults(name, does, share_percent, team)
        assert share_percent is not None  # a missing one was just refused
        if queries.acts_for(session, email, actor.organisation_id):
            raise refusal(
                {"email": N_("This person acts for your own organisation. Invite a partner's.")}
            )
        if len(team.standing) >= PARTNERS_MOST:
            raise WrongMoment(N_("A bid has 10 partners at most. Take an invitation back first."))
        now = clock.now()
        if queries.asked_since(session, actor.user_id, now - DAY) >= DAILY_MOST:
            raise WrongMoment(N_("You have invited 20 partners today. Go on tomorrow."))
        key_id, terms = holding.lock_up(session, Terms(name, does, share_percent), clock)
        invitation = TeamInvitation(
            bid_id=bid.id,
            email=email,
            state=InvitationState.ASKED,
            key_id=key_id,
            terms=terms,
            asked_by_id=actor.user_id,
            asked_at=now,
        )
        session.add(invitation)
        mark_changed(bid, clock)
        session.flush()
        letters.tell_invited(session, bid, invitation, actor.name, clock)
        return invitation.id


def take_back(reference: str, invitation_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Take an invitation back, answered or not: the partner is in the bid no more.

    It can be done without a draft too. What was submitted goes on naming the partner until the bid
    is submitted again. Twice is once.

    Raises:
        NotFound: there is no such bid of the actor's organisation, or no such invitation.
        Forbidden, WrongMoment: by `bids.policy.can_edit` and `policy.can_take_back`.
    """
    with transaction() as session:
        bid, _challenge = locked_bid(session, reference, actor)
        ensure(can_edit(actor, bid.standing, bid.stage.closes_at, clock.now()))
        invitation = queries.invitation_of(session, bid, invitation_id)
        if invitation.state is InvitationState.TAKEN_BACK:
            return
        ensure(policy.can_take_back(invitation.state))
        _end(session, bid, invitation, actor, clock)
        letters.tell_taken_back(session, bid, invitation, clock)


def _end(
    session: Session, bid: Bid, invitation: TeamInvitation, actor: Actor, clock: Clock
) -> None:
    invitation.state = InvitationState.TAKEN_BACK
    invitation.ended_by_id, invitation.ended_at = actor.user_id, clock.now()
    mark_changed(bid, clock)
    session.flush()


def _refuse_faults(name: str, does: str, share: int | None, team: queries.Team) -> None:
    faults = {
        **text_faults(name, "name", N_("Enter the name of the organisation."), NAME_MOST),
        **text_faults(does, "does", N_("Say what it does."), DOES_MOST),
    }
    if fault := share_fault(share, team.shares):
        faults["share"] = fault
    refuse_all(faults)

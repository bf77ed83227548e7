"""What an invited person and a partner do: accept, decline, leave.

Each holds the bid locked, in the order of all rooms of bids. So a partner leaves either before the
bidder submits, who then has to look at the bid again, or after, and the bidder is told so.
"""

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import expiring
from bids.models import Bid
from bids.service.drafting import mark_changed
from bids.team import holding, letters, policy, queries
from bids.team.lifecycle import WORDS_MOST, InvitationState
from bids.team.models import TeamInvitation
from challenges.models import Challenge
from challenges.texts import refuse_long
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.transaction import transaction


def accept(
    invitation_id: uuid.UUID, *, user_id: uuid.UUID, actor: Actor | None, clock: Clock
) -> None:
    """Join a bid for the organisation that the person acts for. Twice is once.

    Raises:
        NotFound: there is no such invitation to this person.
        Forbidden, WrongMoment: by `policy.can_accept`.
    """
    with transaction() as session:
        bid, invitation = _locked(session, invitation_id, user_id, actor)
        now = clock.now()
        if (
            actor is not None
            and invitation.partner_id == actor.organisation_id
            and (invitation.state is InvitationState.ACCEPTED)
        ):
            return
        asked = asked_now(session, invitation)
        ensure(policy.can_accept(hurdle_of(session, actor, asked, clock), asked, now))
        assert actor is not None  # without an organisation it was just refused
        invitation.state = InvitationState.ACCEPTED
        invitation.partner_id = actor.organisation_id
        invitation.answered_by_id, invitation.answered_at = actor.user_id, now
        # Whoever submits must have seen the bid with this partner.
        mark_changed(bid, clock)
        session.flush()
        letters.tell_answered(session, bid, invitation, clock)


def decline(
    invitation_id: uuid.UUID,
    *,
    words: str,
    user_id: uuid.UUID,
    actor: Actor | None,
    clock: Clock,
) -> None:
    """Decline to join a bid, with a few words to the bidder if wanted. Twice is once.

    Raises:
        NotFound: there is no such invitation to this person.
        WrongMoment: by `policy.can_decline`.
        Invalid: the words are too long.
    """
    words = words.strip()
    with transaction() as session:
        bid, invitation = _locked(session, invitation_id, user_id, actor)
        if invitation.state is InvitationState.DECLINED:
            return
        ensure(policy.can_decline(asked_now(session, invitation), clock.now()))
        refuse_long(words, "words", WORDS_MOST)
        invitation.state = InvitationState.DECLINED
        invitation.answered_by_id, invitation.answered_at = user_id, clock.now()
        holding.write_answer(session, invitation, words)
        mark_changed(bid, clock)
        session.flush()
        letters.tell_answered(session, bid, invitation, clock)


def leave(
    invitation_id: uuid.UUID, *, user_id: uuid.UUID, actor: Actor | None, clock: Clock
) -> None:
    """Take the actor's organisation out of a bid, until closing. Twice is once.

    Raises:
        NotFound: there is no such partnership of the actor's organisation.
        Forbidden, WrongMoment: by `policy.can_leave`.
    """
    with transaction() as session:
        bid, invitation = _locked(session, invitation_id, user_id, actor)
        if invitation.state is InvitationState.LEFT:
            return
        ensure(policy.can_leave(actor, asked_now(session, invitation), clock.now()))
        invitation.state = InvitationState.LEFT
        invitation.ended_by_id, invitation.ended_at = user_id, clock.now()
        mark_changed(bid, clock)
        session.flush()
        letters.tell_left(session, bid, clock)


def asked_now(session: Session, invitation: TeamInvitation) -> policy.Asked:
    """Give where an invitation stands, for the policy."""
    bid = invitation.bid
    return policy.Asked(
        standing=invitation.state,
        state=bid.standing,
        closes_at=bid.stage.closes_at,
        lead_id=bid.supplier_id,
        partner_id=invitation.partner_id,
        partners=queries.partners_in(session, bid.id),
    )


def hurdle_of(
    session: Session, actor: Actor | None, asked: policy.Asked, clock: Clock
) -> policy.Hurdle | None:
    """Give the first thing that keeps the actor from accepting, apart from the moment."""
    organisation = actor.organisation_id if actor else None
    until = expiring.declared_until(session, [organisation] if organisation else [])
    return policy.hurdle(
        actor,
        asked,
        supplier=queries.is_supplier(session, organisation),
        until=until.get(organisation) if organisation else None,
        now=clock.now(),
    )


def _locked(
    session: Session, invitation_id: uuid.UUID, user_id: uuid.UUID, actor: Actor | None
) -> tuple[Bid, TeamInvitation]:
    """Give an invitation to the person, and its bid, locked.

    The challenge is held as it is, as for a submission: it cannot close meanwhile.

    Raises:
        NotFound: there is none, or it is for somebody else.
    """
    bid_id = session.scalar(select(TeamInvitation.bid_id).where(TeamInvitation.id == invitation_id))
    if bid_id is None:
        raise NotFound(queries.NO_SUCH_INVITATION)
    session.scalar(
        select(Challenge.id)
        .where(Challenge.id == select(Bid.challenge_id).where(Bid.id == bid_id).scalar_subquery())
        .with_for_update(read=True)
    )
    bid = session.scalars(
        select(Bid)
        .where(Bid.id == bid_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    invitation = queries.own_invitation(
        session,
        invitation_id,
        user_id=user_id,
        organisation_id=actor.organisation_id if actor else None,
    )
    return bid, invitation

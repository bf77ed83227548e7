"""Inviting people to act for an organisation. Each change is one transaction with one entry."""

import uuid
from collections.abc import Callable, Collection
from datetime import timedelta

from sqlalchemy import Select, select

from marketplace.core.accounts import entries, letters, policy, rows
from marketplace.core.accounts.models import Invitation, Membership, User
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Role, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

# Long enough for a holiday; after that the roles should be thought about anew.
INVITATION_STANDS = timedelta(days=14)


def invite(
    organisation_id: uuid.UUID,
    *,
    email: str,
    roles: Collection[Role],
    actor: Actor,
    clock: Clock,
    accept_link: Callable[[uuid.UUID], str],
) -> uuid.UUID:
    """Invite whoever reads post at `email` (in its normal form) to act with `roles`.

    `accept_link` gives the full address of the page that accepts an invitation. An earlier
    invitation of the same address is withdrawn.

    Raises:
        NotFound: there is no such organisation, or it is another's.
        Forbidden: the actor, or the organisation, cannot give these roles.
        Invalid: the address belongs to somebody who acts for the organisation already.
    """
    with transaction() as session:
        organisation = rows.locked_organisation(session, organisation_id, actor)
        ensure(policy.can_look_after_people(actor, organisation))
        ensure(policy.can_give_roles(organisation.kind.value, roles))
        if any(m.user.email == email for m in rows.standing(session, organisation_id)):
            message = N_("This person acts for the organisation already.")
            raise Invalid(message, fields={"email": message})
        for earlier in session.scalars(_open_invitations(clock).where(Invitation.email == email)):
            if earlier.organisation_id == organisation_id:
                earlier.withdrawn_at = clock.now()
        invitation = Invitation(
            organisation_id=organisation_id,
            email=email,
            roles=sorted(role.value for role in roles),
            invited_by_id=actor.user_id,
            created_at=clock.now(),
            ends_at=clock.now() + INVITATION_STANDS,
        )
        session.add(invitation)
        session.flush()
        subject, text = letters.invitation(
            actor.name, organisation.name, accept_link(invitation.id)
        )
        post.queue(session, to_email=email, subject=subject, text=text, clock=clock)
        log.append(
            session,
            clock=clock,
            action=entries.MEMBERSHIP_INVITED,
            actor=actor,
            **rows.fields_of(organisation),
            invitation=str(invitation.id),
            roles=rows.codes(roles),
        )
        return invitation.id


def withdraw_invitation(invitation_id: uuid.UUID, *, actor: Actor, clock: Clock) -> uuid.UUID:
    """Withdraw an invitation that was not accepted; give the organisation's identifier.

    Raises:
        NotFound: there is none that stands, or it is another organisation's.
        Forbidden: the actor does not look after the people there.
    """
    with transaction() as session:
        invitation = session.scalar(_open_invitations(clock).where(Invitation.id == invitation_id))
        if invitation is None:
            raise NotFound(N_("There is no such invitation."))
        organisation = rows.locked_organisation(session, invitation.organisation_id, actor)
        ensure(policy.can_look_after_people(actor, organisation))
        invitation.withdrawn_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=entries.INVITATION_WITHDRAWN,
            actor=actor,
            **rows.fields_of(organisation),
            invitation=str(invitation.id),
        )
        return organisation.id


def accept_invitation(invitation_id: uuid.UUID, *, user_id: uuid.UUID, clock: Clock) -> uuid.UUID:
    """Begin to act as an invitation says; give the membership's identifier.

    Raises:
        NotFound: there is no such invitation.
        Forbidden: it was sent to another address.
        WrongMoment: it was accepted or withdrawn, or is too old.
    """
    with transaction() as session:
        user = session.get_one(User, user_id)
        invitation = session.scalar(
            select(Invitation).where(Invitation.id == invitation_id).with_for_update()
        )
        if invitation is None:
            raise NotFound(N_("There is no such invitation."))
        if invitation.email != user.email:
            raise Forbidden(
                N_("This invitation was sent to another address. Sign in with that one.")
            )
        if invitation.accepted_at or invitation.withdrawn_at or clock.now() >= invitation.ends_at:
            raise WrongMoment(N_("This invitation no longer stands. Ask for a new one."))
        organisation = rows.locked_organisation(session, invitation.organisation_id)
        roles = frozenset(Role(name) for name in invitation.roles)
        membership = session.scalar(
            select(Membership).where(
                Membership.user_id == user_id, Membership.organisation_id == organisation.id
            )
        )
        if membership is None:
            membership = rows.begin(organisation, user, roles, clock)
            session.add(membership)
        else:
            membership.ended_at = None
            rows.set_roles(session, membership, roles)
        invitation.accepted_at = clock.now()
        session.flush()
        log.append(
            session,
            clock=clock,
            action=entries.MEMBERSHIP_STARTED,
            actor=rows.acting(membership),
            **rows.fields_about(membership),
            roles=rows.codes(roles),
        )
        return membership.id


def _open_invitations(clock: Clock) -> Select[Invitation]:
    return (
        select(Invitation)
        .where(
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.ends_at > clock.now(),
        )
        .with_for_update()
    )

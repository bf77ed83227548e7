"""Finds the people a message is for, and queues it: each person once, no ended account."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import Clock
from marketplace.core.notices import post
from marketplace.core.permissions import Role


def people(session: Session, ids: Collection[uuid.UUID]) -> Sequence[User]:
    """Give the people whose accounts stand, each once."""
    return session.scalars(
        select(User).where(User.id.in_(ids), User.active).order_by(User.email)
    ).all()


def officers(
    session: Session, organisation_id: uuid.UUID, *, besides: uuid.UUID | None = None
) -> Sequence[User]:
    """Give the procurement officers who act for a body, but for one."""
    found = _in_role(session, organisation_id, Role.PROCUREMENT_OFFICER)
    return people(session, [each for each in found if each != besides])


def lead_and_officers(
    session: Session, challenge: Challenge, *, besides: uuid.UUID | None = None
) -> Sequence[User]:
    """Give the challenge's lead, while they act for the body, and its officers, but for one."""
    found = _in_role(session, challenge.buyer_id, Role.PROCUREMENT_OFFICER)
    if challenge.owner_id in _in_role(session, challenge.buyer_id, *Role):
        found.add(challenge.owner_id)
    return people(session, [each for each in found if each != besides])


def acting_for(session: Session, organisation_id: uuid.UUID) -> Sequence[User]:
    """Give everybody who acts for an organisation today, in whatever role."""
    return people(session, _in_role(session, organisation_id, *Role))


def queue(
    session: Session,
    recipients: Sequence[User],
    *,
    subject: str,
    parts: Sequence[str],
    clock: Clock,
    calendar: str | None = None,
) -> None:
    """Queue one message to each, its parts as paragraphs, with an iCalendar file if any."""
    for person in recipients:
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join(parts),
            clock=clock,
            calendar=calendar,
        )


def _in_role(session: Session, organisation_id: uuid.UUID, *roles: Role) -> set[uuid.UUID]:
    return set(
        session.scalars(
            select(Membership.user_id)
            .join(MembershipRole, MembershipRole.membership_id == Membership.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.ended_at.is_(None),
                MembershipRole.role.in_(roles),
            )
        )
    )

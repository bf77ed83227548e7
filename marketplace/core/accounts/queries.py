"""Reads of people and organisations, each limited to what its caller may know of."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, tuple_
from sqlalchemy.orm import joinedload, selectinload

from marketplace.core.accounts import policy
from marketplace.core.accounts.models import (
    Invitation,
    Membership,
    MembershipRole,
    Organisation,
    OrganisationKind,
    SecurityEvent,
    User,
)
from marketplace.core.database import db
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Role
from marketplace.core.text import N_

PAGE = 25


@dataclass(frozen=True)
class DemonstrationPerson:
    """One of the people of the demonstration whom a visitor can sign in as: what they are
    (`title`), a sentence `about` what they see first, and whether they open bids."""

    id: uuid.UUID
    name: str
    organisation: str
    title: str
    about: str
    opens_bids: bool


@dataclass(frozen=True)
class OrganisationRow:
    """An organisation in the list of those who run the service."""

    id: uuid.UUID
    name: str
    kind: OrganisationKind
    created_at: datetime
    verified_at: datetime | None


def demonstration_people() -> list[DemonstrationPerson]:
    """Give the people set out for one-click sign-in, in the order they were loaded."""
    opens = exists().where(
        MembershipRole.membership_id == Membership.id,
        MembershipRole.role == Role.PROCUREMENT_OFFICER,
    )
    rows = db.session.execute(
        select(User.id, User.name, Organisation.name, User.demo_role, User.demo_about, opens)
        .join(Membership, Membership.user_id == User.id)
        .join(Organisation, Organisation.id == Membership.organisation_id)
        .where(User.demo_role.is_not(None), User.active, Membership.ended_at.is_(None))
        .order_by(User.id, Membership.created_at)
    )
    people: dict[uuid.UUID, DemonstrationPerson] = {}
    for user_id, name, organisation, title, about, opens_bids in rows:
        people.setdefault(
            user_id,
            DemonstrationPerson(user_id, name, organisation, title or "", about or "", opens_bids),
        )
    return list(people.values())


def organisation_for(actor: Actor, organisation_id: uuid.UUID) -> Organisation:
    """Give an organisation whose people the actor may see.

    Raises:
        NotFound: there is none, or it is another's.
    """
    organisation = db.session.get(Organisation, organisation_id)
    if organisation is None or not policy.can_see_people(actor, organisation_id):
        raise NotFound(N_("There is no such organisation."))
    return organisation


def standing_memberships(organisation_id: uuid.UUID) -> Sequence[Membership]:
    """Give those who act for an organisation, with their roles, by name."""
    return db.session.scalars(
        select(Membership)
        .join(User)
        .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
        .options(selectinload(Membership.user), selectinload(Membership.roles))
        .order_by(User.name, Membership.id)
    ).all()


def names_of(organisation_id: uuid.UUID, role: Role) -> Sequence[str]:
    """Give the names of those who act for an organisation in a role."""
    return db.session.scalars(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == role,
        )
        .order_by(User.name, User.id)
    ).all()


def membership_for(actor: Actor, membership_id: uuid.UUID) -> Membership:
    """Give a standing membership of an organisation whose people the actor may see.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    membership = db.session.get(Membership, membership_id)
    if (
        membership is None
        or membership.ended_at is not None
        or not policy.can_see_people(actor, membership.organisation_id)
    ):
        raise NotFound(N_("There is no such person."))
    return membership


def open_invitations_of(organisation_id: uuid.UUID, now: datetime) -> Sequence[Invitation]:
    """Give an organisation's invitations that stand, the newest first."""
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.organisation_id == organisation_id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.ends_at > now,
        )
        .order_by(Invitation.id.desc())
    ).all()


def open_invitations_to(email: str, now: datetime) -> Sequence[Invitation]:
    """Give the invitations sent to a person that stand, with their organisations."""
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.email == email,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
            Invitation.ends_at > now,
        )
        .options(selectinload(Invitation.organisation), selectinload(Invitation.invited_by))
        .order_by(Invitation.id.desc())
    ).all()


def invitation_to(email: str, invitation_id: uuid.UUID) -> Invitation | None:
    """Give an invitation if it was sent to this person, else nothing."""
    invitation = db.session.get(Invitation, invitation_id)
    return invitation if invitation is not None and invitation.email == email else None


def own_memberships(user_id: uuid.UUID) -> Sequence[Membership]:
    """Give the organisations a person acts for, with roles, the first joined first."""
    return (
        db.session.scalars(
            select(Membership)
            .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
            .options(joinedload(Membership.organisation), joinedload(Membership.roles))
            .order_by(Membership.created_at)
        )
        .unique()
        .all()
    )


def recent_security_events(user_id: uuid.UUID, limit: int = 10) -> Sequence[SecurityEvent]:
    """Give what lately happened with a person's account, the newest first."""
    return db.session.scalars(
        select(SecurityEvent)
        .where(SecurityEvent.user_id == user_id)
        .order_by(SecurityEvent.at.desc(), SecurityEvent.id.desc())
        .limit(limit)
    ).all()


def acted_for() -> ColumnElement[bool]:
    """Give the condition that somebody acts, or has acted, for an organisation."""
    return exists().where(Membership.organisation_id == Organisation.id)


def organisations(
    *,
    kind: OrganisationKind | None = None,
    verified: bool | None = None,
    text: str = "",
    after: tuple[str, uuid.UUID] | None = None,
    limit: int = PAGE,
) -> tuple[list[OrganisationRow], tuple[str, uuid.UUID] | None]:
    """Give a page of organisations by name, and the key after which the next page begins.

    `text` is sought within names, whatever the case.
    """
    lowered = func.lower(Organisation.name)
    statement = select(
        Organisation.id,
        Organisation.name,
        Organisation.kind,
        Organisation.created_at,
        Organisation.verified_at,
        lowered,
    )
    # Nobody acts for suppliers whose bids were brought in, so there is nobody to verify.
    statement = statement.where(acted_for())
    if kind is not None:
        statement = statement.where(Organisation.kind == kind)
    if verified is not None:
        is_verified = Organisation.verified_at.is_not(None)
        statement = statement.where(is_verified if verified else ~is_verified)
    if text:
        statement = statement.where(lowered.contains(text.lower(), autoescape=True))
    if after is not None:
        statement = statement.where(tuple_(lowered, Organisation.id) > tuple_(*after))
    rows = db.session.execute(statement.order_by(lowered, Organisation.id).limit(limit + 1)).all()
    page = rows[:limit]
    following = (page[-1][5], page[-1][0]) if len(rows) > limit else None
    return [OrganisationRow(*row[:5]) for row in page], following

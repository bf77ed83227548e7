"""The rows that a change of people starts from: loaded, locked, limited to the actor."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from marketplace.core.accounts import policy
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Role, ensure
from marketplace.core.text import N_


def locked_organisation(
    session: Session, organisation_id: uuid.UUID, actor: Actor | None = None
) -> Organisation:
    """Lock an organisation, so that changes to its people go one after another.

    Raises:
        NotFound: there is none, or its people do not exist for `actor`.
    """
    organisation = session.scalar(
        select(Organisation).where(Organisation.id == organisation_id).with_for_update()
    )
    if organisation is None or (actor and not policy.can_see_people(actor, organisation_id)):
        raise NotFound(N_("There is no such organisation."))
    return organisation


def locked_membership(
    session: Session, membership_id: uuid.UUID, actor: Actor
) -> tuple[Membership, Organisation]:
    """Lock the organisation of a membership that stands, and give both.

    Raises:
        NotFound: there is none, or it is another organisation's.
    """
    membership = session.get(Membership, membership_id)
    if membership is None:
        raise NotFound(N_("There is no such person."))
    organisation = locked_organisation(session, membership.organisation_id, actor)
    session.refresh(membership)
    if membership.ended_at is not None:
        raise NotFound(N_("There is no such person."))
    return membership, organisation


def ensure_meets_bodies(session: Session, actor: Actor) -> None:
    """Let pass whose organisation may deal with other public bodies.

    Raises:
        Forbidden: by `policy.can_meet_bodies`.
    """
    ensure(policy.can_meet_bodies(session.get_one(Organisation, actor.organisation_id)))


def take_turns(session: Session, user_id: uuid.UUID) -> None:
    """Make two clicks of one person come one after the other, until the transaction ends.

    Rows that only refer to the person are let through: one who writes them may hold the log.
    """
    session.execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))


def take_turns_for(session: Session, organisation_id: uuid.UUID) -> None:
    """Make what is done in an organisation's name come one after the other, as `take_turns`."""
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == organisation_id)
        .with_for_update(key_share=True)
    )


def standing(session: Session, organisation_id: uuid.UUID) -> list[Membership]:
    """Give those who act for an organisation, with their roles."""
    return list(
        session.scalars(
            select(Membership)
            .where(Membership.organisation_id == organisation_id, Membership.ended_at.is_(None))
            .options(selectinload(Membership.roles), selectinload(Membership.user))
        )
    )


def begin(
    organisation: Organisation, user: User, roles: Collection[Role], clock: Clock
) -> Membership:
    """Make a membership with these roles."""
    return Membership(
        user=user,
        organisation=organisation,
        created_at=clock.now(),
        roles=[MembershipRole(role=role) for role in sorted(roles)],
    )


def set_roles(session: Session, membership: Membership, roles: Collection[Role]) -> None:
    """Give a membership these roles in place of those it has."""
    for given in list(membership.roles):
        if given.role not in roles:
            membership.roles.remove(given)
            session.delete(given)
    had = roles_in(membership)
    membership.roles.extend(MembershipRole(role=role) for role in sorted(set(roles) - had))


def roles_in(membership: Membership) -> frozenset[Role]:
    """Give the roles of a membership."""
    return frozenset(given.role for given in membership.roles)


def acting(membership: Membership) -> Actor:
    """Give the person as an actor under this membership."""
    return Actor(
        user_id=membership.user.id,
        name=membership.user.name,
        organisation_id=membership.organisation.id,
        roles=roles_in(membership),
    )


def fields_of(organisation: Organisation) -> dict[str, str]:
    """Say in an entry which organisation is meant."""
    return {"organisation": organisation.name, "organisation_id": str(organisation.id)}


def fields_about(membership: Membership) -> dict[str, str]:
    """Say in an entry which person of which organisation is meant."""
    return {
        **fields_of(membership.organisation),
        "person": membership.user.name,
        "person_id": str(membership.user_id),
    }


def codes(roles: Collection[Role]) -> str:
    """Write roles as the log keeps them: their codes, in order."""
    return ", ".join(sorted(role.value for role in roles)) or "none"

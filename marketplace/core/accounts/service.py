"""Changes to organisations and to who acts for them. Each is one transaction with one entry."""

import uuid
from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from marketplace.core.accounts import entries, letters, policy, rows
from marketplace.core.accounts.models import (
    BodyType,
    Membership,
    Organisation,
    OrganisationKind,
    SupplierType,
    User,
)
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Forbidden, Invalid
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Answer, Role, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def register_organisation(
    user_id: uuid.UUID,
    *,
    kind: OrganisationKind,
    name: str,
    clock: Clock,
    body_type: BodyType | None = None,
    supplier_type: SupplierType | None = None,
) -> uuid.UUID:
    """Register a public body or a supplier, not verified yet; give the founder's membership.

    The founder of a supplier becomes its administrator; of a body its challenge lead and
    procurement officer.

    Raises:
        Invalid: a verified organisation has this name already.
        Forbidden: nobody registers a platform team.
    """
    if kind is OrganisationKind.PLATFORM:
        raise Forbidden(N_("Only the command line makes the team that runs the service."))
    with transaction() as session:
        user = session.get_one(User, user_id)
        _refuse_taken_name(session, name)
        organisation = Organisation(
            kind=kind,
            name=name,
            body_type=body_type,
            supplier_type=supplier_type,
            created_at=clock.now(),
        )
        membership = rows.begin(organisation, user, policy.founder_roles(kind.value), clock)
        session.add_all([organisation, membership])
        session.flush()
        log.append(
            session,
            clock=clock,
            action=entries.ORGANISATION_REGISTERED,
            actor=rows.acting(membership),
            organisation=name,
            organisation_id=str(organisation.id),
            kind=kind.value,
        )
        return membership.id


def _refuse_taken_name(session: Session, name: str) -> None:
    """Keep a stranger from passing for an organisation that is known."""
    taken = session.scalar(
        select(Organisation.id)
        .where(func.lower(Organisation.name) == name.lower(), Organisation.verified_at.is_not(None))
        .limit(1)
    )
    if taken is not None:
        message = N_(
            "An organisation with this name is registered. Ask the people there to invite you."
        )
        raise Invalid(message, fields={"name": message})


def verify_organisation(
    organisation_id: uuid.UUID, note: str, *, actor: Actor, clock: Clock
) -> None:
    """Record that an organisation is what it says it is, with how that was found out.

    Raises:
        NotFound: there is none.
        Forbidden, WrongMoment: see `policy.can_verify`.
    """
    with transaction() as session:
        organisation = rows.locked_organisation(session, organisation_id)
        ensure(policy.can_verify(actor, organisation))
        organisation.verified_at = clock.now()
        caretaker = policy.caretaker_role(organisation.kind.value)
        for membership in rows.standing(session, organisation_id):
            if caretaker in rows.roles_in(membership):
                subject, text = letters.verified(organisation.name)
                post.queue(
                    session,
                    to_email=membership.user.email,
                    user_id=membership.user_id,
                    subject=subject,
                    text=text,
                    clock=clock,
                )
        log.append(
            session,
            clock=clock,
            action=entries.ORGANISATION_VERIFIED,
            actor=actor,
            **rows.fields_of(organisation),
            note=note,
        )


def change_roles(
    membership_id: uuid.UUID, roles: Collection[Role], *, actor: Actor, clock: Clock
) -> None:
    """Give a membership these roles in place of those it has.

    Raises:
        NotFound: there is no such membership, or it is another organisation's.
        Forbidden: the actor may not, or the roles do not belong to such an organisation.
        WrongMoment: nobody would be left to look after the people.
    """
    with transaction() as session:
        membership, organisation = rows.locked_membership(session, membership_id, actor)
        ensure(policy.can_look_after_people(actor, organisation))
        ensure(policy.can_give_roles(organisation.kind.value, roles))
        before = rows.roles_in(membership)
        ensure(policy.can_change_own_roles(actor, membership.user_id, before, roles))
        ensure(_caretaker_stays(session, membership, organisation, roles))
        if before == frozenset(roles):
            return
        rows.set_roles(session, membership, roles)
        log.append(
            session,
            clock=clock,
            action=entries.ROLES_CHANGED,
            actor=actor,
            **rows.fields_about(membership),
            before=rows.codes(before),
            after=rows.codes(roles),
        )


def end_membership(membership_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """End that a person acts for an organisation; anybody may end their own membership.

    Raises:
        NotFound: there is no such membership, or it is another organisation's.
        Forbidden: the actor does not look after the people there.
        WrongMoment: nobody would be left to look after the people.
    """
    with transaction() as session:
        membership, organisation = rows.locked_membership(session, membership_id, actor)
        if membership.user_id != actor.user_id:
            ensure(policy.can_look_after_people(actor, organisation))
        ensure(_caretaker_stays(session, membership, organisation, ()))
        membership.ended_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=entries.MEMBERSHIP_ENDED,
            actor=actor,
            **rows.fields_about(membership),
        )


def _caretaker_stays(
    session: Session, leaving: Membership, organisation: Organisation, kept: Collection[Role]
) -> Answer:
    others = [
        rows.roles_in(m) for m in rows.standing(session, organisation.id) if m.id != leaving.id
    ]
    return policy.can_lose_caretaker(
        organisation.kind.value, others, had=rows.roles_in(leaving), kept=kept
    )

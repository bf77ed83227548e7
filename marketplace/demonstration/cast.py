"""Brings organisations and people on the stage, by the services that visitors use themselves."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import select

from bids import service as bids
from bids.grounds.document import DeclaredGround
from marketplace.core.access import current_settings
from marketplace.core.accounts import invitations, service
from marketplace.core.accounts.mail import link
from marketplace.core.accounts.models import (
    BodyType,
    Membership,
    Organisation,
    OrganisationKind,
    SupplierType,
    User,
)
from marketplace.core.accounts.seed import create_admin
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, Role
from marketplace.core.transaction import transaction
from marketplace.demonstration import shapes
from marketplace.demonstration.history import History

SUPPLIER_TYPES = {
    "micro_company": SupplierType.COMPANY,
    "small_company": SupplierType.COMPANY,
    "medium_company": SupplierType.COMPANY,
    "university_spin_out": SupplierType.UNIVERSITY,
    "sole_trader": SupplierType.SOLE_TRADER,
    "charity": SupplierType.CHARITY,
    "people_forming_a_company": SupplierType.FORMING,
}
# The law knows four kinds of public body; a body of the third sector is one of the others.
BODY_TYPES = {"third": BodyType.OTHER}

STEP = timedelta(minutes=20)


@dataclass
class Cast:
    """Who acts for whom. Filled while the histories of the organisations run."""

    people: Sequence[shapes.Person]
    user_ids: dict[str, uuid.UUID] = field(default_factory=dict)
    _actors: dict[tuple[str, Role], list[Actor]] = field(default_factory=lambda: defaultdict(list))

    def of(self, organisation: str) -> list[shapes.Person]:
        """Give an organisation's people, in their order."""
        return [person for person in self.people if person.organisation == organisation]

    def all(self, organisation: str, role: Role) -> list[Actor]:
        """Give those who act for an organisation in a role, in the order of the people."""
        return list(self._actors[organisation, role])

    def one(self, organisation: str, role: Role) -> Actor:
        """Give the first who acts for an organisation in a role.

        Raises:
            IndexError: nobody does.
        """
        return self._actors[organisation, role][0]

    def address_of(self, actor: Actor) -> str:
        """Give the address at which somebody reads post."""
        return next(p.email for p in self.people if self.user_ids.get(p.key) == actor.user_id)

    def enter(self, person: shapes.Person, organisation_id: uuid.UUID) -> None:
        """Note that a person acts for an organisation from now on."""
        roles = frozenset(Role(name) for name in person.roles)
        actor = Actor(self.user_ids[person.key], person.name, organisation_id, roles)
        for role in roles:
            self._actors[person.organisation, role].append(actor)


def sign_up(cast: Cast, clock: Clock) -> None:
    """Make the accounts of all people: without passwords, so that none can be guessed.

    The one-click people can be signed in as from the demonstration's page; the others never.
    """
    with transaction() as session:
        users = [
            User(
                email=person.email,
                name=person.name,
                active=True,
                created_at=clock.now(),
                confirmed_at=clock.now(),
                fs_uniquifier=uuid.uuid4().hex,
                demo_role=person.demo_role,
                demo_about=person.demo_description,
            )
            for person in cast.people
        ]
        session.add_all(users)
        session.flush()
        cast.user_ids.update(
            {person.key: user.id for person, user in zip(cast.people, users, strict=True)}
        )


def platform_begins(
    organisation: shapes.Organisation, cast: Cast, clock: Clock, begins: datetime
) -> History:
    """Make the team that runs the service, as the command line does, and let others join it."""
    yield begins
    admin, *others = cast.of(organisation.key)
    create_admin(admin.email, admin.name, clock=clock)
    organisation_id = db.session.scalars(
        select(Organisation.id).where(Organisation.kind == OrganisationKind.PLATFORM)
    ).one()
    _shorten(organisation_id, organisation.short_name)
    cast.enter(admin, organisation_id)
    yield from _join(
        others, organisation_id, cast.one(organisation.key, Role.PLATFORM_ADMIN), cast, clock
    )


def body_joins(
    organisation: shapes.Organisation, cast: Cast, clock: Clock, begins: datetime, platform_key: str
) -> History:
    """Register a public body by its first officer, have it verified, and invite the others.

    Each officer sets an opening passphrase, long before there is anything to open.
    """
    founder = next(p for p in cast.of(organisation.key) if "procurement_officer" in p.roles)
    yield begins
    given = organisation.body_type or "other"
    membership_id = service.register_organisation(
        cast.user_ids[founder.key],
        kind=OrganisationKind.BODY,
        name=organisation.name,
        body_type=BODY_TYPES.get(given) or BodyType(given),
        clock=clock,
    )
    organisation_id = _organisation_of(membership_id)
    _shorten(organisation_id, organisation.short_name)
    yield begins + STEP
    service.verify_organisation(
        organisation_id,
        "Its officer was called back on the number on the body’s own website.",
        actor=cast.one(platform_key, Role.PLATFORM_ADMIN),
        clock=clock,
    )
    cast.enter(founder, organisation_id)
    officer = cast.one(organisation.key, Role.PROCUREMENT_OFFICER)
    others = [person for person in cast.of(organisation.key) if person is not founder]
    yield from _join(others, organisation_id, officer, cast, clock)
    for person in cast.all(organisation.key, Role.PROCUREMENT_OFFICER):
        yield clock.now() + STEP
        bids.set_opening_passphrase(known_passphrase(), actor=person, clock=clock)
    if others:
        # Whoever registers a body may also write its challenges, until somebody else does.
        yield clock.now() + STEP
        service.change_roles(
            membership_id, [Role(name) for name in founder.roles], actor=officer, clock=clock
        )


def known_passphrase() -> str:
    """Give the opening passphrase of all officers, which the demonstration's pages show.

    Raises:
        LookupError: this is no demonstration.
    """
    passphrase = current_settings().demonstration_passphrase
    if passphrase is None:
        raise LookupError("only a demonstration's officers have a passphrase that is known")
    return passphrase


def supplier_joins(
    item: shapes.Supplier,
    cast: Cast,
    clock: Clock,
    begins: datetime,
    platform_key: str,
    again: datetime,
) -> History:
    """Register a supplier, have it declare its eligibility, invite colleagues, have it verified;
    and have it declare `again`, since what a supplier declares holds for a year."""
    founder, *others = cast.of(item.key)
    yield begins
    membership_id = service.register_organisation(
        cast.user_ids[founder.key],
        kind=OrganisationKind.SUPPLIER,
        name=item.name,
        supplier_type=SUPPLIER_TYPES[item.kind],
        clock=clock,
    )
    organisation_id = _organisation_of(membership_id)
    cast.enter(founder, organisation_id)
    admin = cast.one(item.key, Role.SUPPLIER_ADMIN)
    yield begins + STEP
    bids.declare_eligibility(_declared(item, clock, again), actor=admin, clock=clock)
    yield from _join(others, organisation_id, admin, cast, clock)
    if item.verified:
        yield clock.now() + timedelta(days=1)
        service.verify_organisation(
            organisation_id,
            "The supplier’s papers were compared with the public register.",
            actor=cast.one(platform_key, Role.PLATFORM_ADMIN),
            clock=clock,
        )
    yield again
    bids.declare_eligibility(_declared(item, clock, again), actor=admin, clock=clock)


def _declared(item: shapes.Supplier, clock: Clock, told: datetime) -> bids.Declared:
    """Declare what had happened by now of what the content tells as seen from `told`."""
    today, last = (instant.astimezone(PLACE).date() for instant in (clock.now(), told))
    return bids.Declared(
        grounds=[
            DeclaredGround(each.ground, happened, f"{each.what_happened} {each.put_right}")
            for each in item.declared
            if (happened := last - timedelta(days=each.days_ago)) <= today
        ],
        staff=item.staff,
        turnover_minor=item.turnover_pounds * 100,
        balance_minor=item.balance_pounds * 100,
    )


def _join(
    people: Iterable[shapes.Person],
    organisation_id: uuid.UUID,
    host: Actor,
    cast: Cast,
    clock: Clock,
) -> History:
    """Invite people to an organisation; each accepts a while later."""
    for person in people:
        yield clock.now() + STEP
        invitation_id = invitations.invite(
            organisation_id,
            email=person.email,
            roles=[Role(name) for name in person.roles],
            actor=host,
            clock=clock,
            accept_link=_invitation_page,
        )
        yield clock.now() + STEP
        invitations.accept_invitation(invitation_id, user_id=cast.user_ids[person.key], clock=clock)
        cast.enter(person, organisation_id)


def _invitation_page(invitation_id: uuid.UUID) -> str:
    with current_app.test_request_context():
        return link("accounts.invitation", invitation_id=invitation_id)


def _organisation_of(membership_id: uuid.UUID) -> uuid.UUID:
    return db.session.get_one(Membership, membership_id).organisation_id


def _shorten(organisation_id: uuid.UUID, short_name: str) -> None:
    """Give an organisation the short name by which the header calls it."""
    with transaction() as session:
        session.get_one(Organisation, organisation_id).short_name = short_name

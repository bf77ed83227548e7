"""Registering and verifying organisations, and who acts for them."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.accounts import invitations, queries, seed, service
from marketplace.core.accounts.models import (
    BodyType,
    Membership,
    Organisation,
    OrganisationKind,
    SupplierType,
    User,
)
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, Role
from tests.factories import a_body, a_person, a_supplier, actor_for, the_platform
from tests.integration.accounts.conftest import Browser, letters_to, link_in


def link(key: uuid.UUID) -> str:
    """Give the address of an invitation's page."""
    return f"http://localhost/invitations/{key}"


def actions(session: Session) -> list[str]:
    """Name the log's entries in order."""
    session.rollback()
    return list(session.scalars(select(LogEntry.action).order_by(LogEntry.n)))


def admin(session: Session, clock: FixedClock) -> Actor:
    """Add a platform administrator."""
    user = a_person(session, clock.now(), the_platform(session, clock.now()), Role.PLATFORM_ADMIN)
    session.commit()
    return actor_for(user)


def membership_of(user: User) -> uuid.UUID:
    """Give a person's first membership."""
    return user.memberships[0].id


def test_supplier_registered_makes_the_founder_its_administrator(
    browser: Browser, person: User, session: Session
) -> None:
    browser.sign_in(person.email)

    browser.send("/organisation/new/supplier", name="Figment Sensors Ltd", type="company")

    membership = session.scalar(select(Membership))
    assert membership is not None
    assert {given.role for given in membership.roles} == {Role.SUPPLIER_ADMIN}
    assert membership.organisation.verified_at is None
    assert "Figment Sensors Ltd" in browser.get("/organisation").text
    assert actions(session) == ["organisation.registered"]


def test_body_registered_lets_the_founder_begin_but_is_not_verified(
    person: User, session: Session, clock: FixedClock
) -> None:
    service.register_organisation(
        person.id,
        kind=OrganisationKind.BODY,
        name="Example Islands Council",
        body_type=BodyType.LOCAL,
        clock=clock,
    )

    actor = actor_for(person)
    assert actor.roles == {Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER}
    assert session.get_one(Organisation, actor.organisation_id).verified_at is None


def test_organisation_cannot_take_the_name_of_a_verified_one(
    browser: Browser, person: User, session: Session, clock: FixedClock
) -> None:
    a_body(session, clock.now(), "Example Council")
    session.commit()
    browser.sign_in(person.email)

    answer = browser.send("/organisation/new/body", name="EXAMPLE council", type="local")

    assert "is registered. Ask the people there" in answer.text
    assert session.scalar(select(Membership)) is None


def test_platform_team_is_not_registered_on_a_page(
    browser: Browser, person: User, clock: FixedClock
) -> None:
    browser.sign_in(person.email)

    assert browser.get("/organisation/new/platform").status_code == 404
    with pytest.raises(Forbidden):
        service.register_organisation(
            person.id, kind=OrganisationKind.PLATFORM, name="Us", clock=clock
        )


def test_verifying_records_how_and_tells_the_people(
    person: User, session: Session, clock: FixedClock
) -> None:
    service.register_organisation(
        person.id,
        kind=OrganisationKind.SUPPLIER,
        name="Figment Sensors Ltd",
        supplier_type=SupplierType.COMPANY,
        clock=clock,
    )
    organisation_id = actor_for(person).organisation_id

    service.verify_organisation(
        organisation_id, "Number in the register", actor=admin(session, clock), clock=clock
    )

    assert session.get_one(Organisation, organisation_id).verified_at == clock.now()
    entry = session.scalars(select(LogEntry).order_by(LogEntry.n.desc())).first()
    assert entry is not None
    assert entry.fields["note"] == "Number in the register"
    assert len(letters_to(person.email)) == 1


def test_verifying_twice_is_refused(session: Session, clock: FixedClock) -> None:
    body = a_body(session, clock.now())
    actor = admin(session, clock)

    with pytest.raises(WrongMoment):
        service.verify_organisation(body.id, "again", actor=actor, clock=clock)


def test_verifying_by_a_procurement_officer_is_refused(session: Session, clock: FixedClock) -> None:
    officer = a_person(session, clock.now(), a_body(session, clock.now()), Role.PROCUREMENT_OFFICER)
    supplier = a_supplier(session, clock.now())
    session.commit()

    with pytest.raises(Forbidden):
        service.verify_organisation(supplier.id, "a note", actor=actor_for(officer), clock=clock)


def test_list_of_organisations_is_closed_to_others(browser: Browser, person: User) -> None:
    browser.sign_in(person.email)

    assert browser.get("/admin/organisations").status_code == 403


def test_list_of_organisations_is_paged_by_name_and_filtered(
    session: Session, clock: FixedClock
) -> None:
    for name in ("delta", "Alpha", "charlie", "Bravo"):
        a_person(session, clock.now(), a_supplier(session, clock.now(), name))
    a_person(session, clock.now(), a_body(session, clock.now(), "Alpha Council"))
    session.commit()

    first, following = queries.organisations(kind=OrganisationKind.SUPPLIER, limit=3)
    second, end = queries.organisations(kind=OrganisationKind.SUPPLIER, limit=3, after=following)
    found, _none = queries.organisations(text="ALPHA", verified=True)

    assert [row.name for row in first] == ["Alpha", "Bravo", "charlie"]
    assert [row.name for row in second] == ["delta"]
    assert end is None
    assert [row.name for row in found] == ["Alpha Council"]


def test_another_organisations_people_do_not_exist(
    browser: Browser, person: User, session: Session, clock: FixedClock
) -> None:
    service.register_organisation(
        person.id,
        kind=OrganisationKind.SUPPLIER,
        name="Figment Sensors Ltd",
        supplier_type=SupplierType.COMPANY,
        clock=clock,
    )
    stranger = a_person(session, clock.now(), a_supplier(session, clock.now()), Role.SUPPLIER_ADMIN)
    session.commit()
    membership = stranger.memberships[0]
    paths = [
        f"/organisation/people/{membership.id}",
        f"/organisation/people/{membership.id}/end",
        f"/organisation/{membership.organisation_id}/invite",
        f"/organisation/people/{uuid.uuid4()}",
    ]
    browser.sign_in(person.email)

    assert [browser.get(path).status_code for path in paths] == [404, 404, 404, 404]
    with pytest.raises(NotFound):
        service.end_membership(membership.id, actor=actor_for(person), clock=clock)


def test_last_administrator_cannot_leave(session: Session, clock: FixedClock) -> None:
    supplier = a_supplier(session, clock.now())
    last = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    a_person(session, clock.now(), supplier, Role.SUPPLIER_CONTRIBUTOR)
    session.commit()

    with pytest.raises(WrongMoment):
        service.end_membership(membership_of(last), actor=actor_for(last), clock=clock)
    with pytest.raises(WrongMoment):
        service.change_roles(
            membership_of(last),
            {Role.SUPPLIER_ADMIN, Role.SUPPLIER_CONTRIBUTOR} - {Role.SUPPLIER_ADMIN},
            actor=admin(session, clock),
            clock=clock,
        )


def test_administrator_can_leave_when_another_stays(session: Session, clock: FixedClock) -> None:
    supplier = a_supplier(session, clock.now())
    first = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    session.commit()

    service.end_membership(membership_of(first), actor=actor_for(first), clock=clock)

    assert session.scalars(select(Membership).where(Membership.user_id == first.id)).one().ended_at
    assert actions(session) == ["membership.ended"]


def test_contributor_cannot_remove_or_promote_anybody(session: Session, clock: FixedClock) -> None:
    supplier = a_supplier(session, clock.now())
    boss = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    helper = a_person(session, clock.now(), supplier, Role.SUPPLIER_CONTRIBUTOR)
    session.commit()
    actor = actor_for(helper)

    with pytest.raises(Forbidden):
        service.end_membership(membership_of(boss), actor=actor, clock=clock)
    with pytest.raises(Forbidden):
        service.change_roles(membership_of(helper), {Role.SUPPLIER_ADMIN}, actor=actor, clock=clock)


def test_officer_cannot_give_a_role_to_themselves(session: Session, clock: FixedClock) -> None:
    officer = a_person(session, clock.now(), a_body(session, clock.now()), Role.PROCUREMENT_OFFICER)
    session.commit()

    with pytest.raises(Forbidden):
        service.change_roles(
            membership_of(officer),
            {Role.PROCUREMENT_OFFICER, Role.APPROVER},
            actor=actor_for(officer),
            clock=clock,
        )


def test_role_of_another_kind_of_organisation_is_refused(
    session: Session, clock: FixedClock
) -> None:
    supplier = a_supplier(session, clock.now())
    boss = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    session.commit()

    with pytest.raises(Forbidden):
        invitations.invite(
            supplier.id,
            email="new@example.org",
            roles={Role.PLATFORM_ADMIN},
            actor=actor_for(boss),
            clock=clock,
            accept_link=link,
        )


def test_roles_changed_are_recorded_with_what_they_were(
    session: Session, clock: FixedClock
) -> None:
    body = a_body(session, clock.now())
    officer = a_person(session, clock.now(), body, Role.PROCUREMENT_OFFICER)
    other = a_person(session, clock.now(), body, Role.EVALUATOR)
    session.commit()

    service.change_roles(membership_of(other), {Role.CHAIR}, actor=actor_for(officer), clock=clock)

    session.expire_all()
    assert actor_for(other).roles == {Role.CHAIR}
    entry = session.scalars(select(LogEntry)).one()
    assert (entry.fields["before"], entry.fields["after"]) == ("evaluator", "chair")


class TestInvitations:
    """Inviting by e-mail, and who can accept."""

    @pytest.fixture
    def supplier(self, session: Session, clock: FixedClock) -> Organisation:
        """Add a supplier."""
        return a_supplier(session, clock.now(), "Figment Sensors Ltd")

    @pytest.fixture
    def boss(self, session: Session, clock: FixedClock, supplier: Organisation) -> Actor:
        """Add its administrator."""
        user = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
        session.commit()
        return actor_for(user)

    def invite(
        self, email: str, supplier: Organisation, boss: Actor, clock: FixedClock
    ) -> uuid.UUID:
        """Invite somebody to write bids."""
        return invitations.invite(
            supplier.id,
            email=email,
            roles={Role.SUPPLIER_CONTRIBUTOR},
            actor=boss,
            clock=clock,
            accept_link=link,
        )

    def test_invitation_followed_by_its_addressee_gives_the_roles(
        self,
        browser: Browser,
        person: User,
        supplier: Organisation,
        boss: Actor,
        session: Session,
        clock: FixedClock,
    ) -> None:
        self.invite(person.email, supplier, boss, clock)
        browser.sign_in(person.email)

        browser.send(link_in(letters_to(person.email)[0]))

        session.expire_all()
        assert actor_for(person).roles == {Role.SUPPLIER_CONTRIBUTOR}
        assert actions(session) == ["membership.invited", "membership.started"]

    def test_invitation_followed_by_somebody_else_is_refused(
        self,
        browser: Browser,
        person: User,
        supplier: Organisation,
        boss: Actor,
        session: Session,
        clock: FixedClock,
    ) -> None:
        key = self.invite("somebody.else@example.org", supplier, boss, clock)
        browser.sign_in(person.email)

        page = browser.get(f"/invitations/{key}")
        answer = browser.send(f"/invitations/{key}", page="/account")

        assert "Figment Sensors" not in page.text
        assert answer.status_code == 403
        assert session.scalar(select(Membership).where(Membership.user_id == person.id)) is None

    def test_invitation_is_accepted_once(
        self, person: User, supplier: Organisation, boss: Actor, clock: FixedClock
    ) -> None:
        key = self.invite(person.email, supplier, boss, clock)
        invitations.accept_invitation(key, user_id=person.id, clock=clock)

        with pytest.raises(WrongMoment):
            invitations.accept_invitation(key, user_id=person.id, clock=clock)

    def test_invitation_withdrawn_or_too_old_is_refused(
        self, person: User, supplier: Organisation, boss: Actor, clock: FixedClock
    ) -> None:
        withdrawn = self.invite(person.email, supplier, boss, clock)
        invitations.withdraw_invitation(withdrawn, actor=boss, clock=clock)
        old = self.invite(person.email, supplier, boss, clock)
        clock.instant += timedelta(days=14)

        for key in (withdrawn, old):
            with pytest.raises(WrongMoment):
                invitations.accept_invitation(key, user_id=person.id, clock=clock)

    def test_invitation_sent_again_replaces_the_first(
        self, person: User, supplier: Organisation, boss: Actor, clock: FixedClock
    ) -> None:
        first = self.invite(person.email, supplier, boss, clock)
        second = self.invite(person.email, supplier, boss, clock)

        with pytest.raises(WrongMoment):
            invitations.accept_invitation(first, user_id=person.id, clock=clock)
        assert invitations.accept_invitation(second, user_id=person.id, clock=clock)

    def test_invitation_brings_back_somebody_who_left(
        self,
        person: User,
        supplier: Organisation,
        boss: Actor,
        session: Session,
        clock: FixedClock,
    ) -> None:
        key = self.invite(person.email, supplier, boss, clock)
        membership_id = invitations.accept_invitation(key, user_id=person.id, clock=clock)
        service.end_membership(membership_id, actor=boss, clock=clock)

        again = self.invite(person.email, supplier, boss, clock)
        invitations.accept_invitation(again, user_id=person.id, clock=clock)

        assert session.get_one(Membership, membership_id).ended_at is None

    def test_invitation_of_somebody_who_acts_here_already_is_refused(
        self, person: User, supplier: Organisation, boss: Actor, clock: FixedClock
    ) -> None:
        key = self.invite(person.email, supplier, boss, clock)
        invitations.accept_invitation(key, user_id=person.id, clock=clock)

        with pytest.raises(Invalid):
            self.invite(person.email, supplier, boss, clock)

    @pytest.mark.parametrize(
        "email", ["new@example.org\nBcc: all@example.org", "a@example.org, b@example.org"]
    )
    def test_invitation_to_more_than_one_address_is_refused(
        self, browser: Browser, person: User, session: Session, clock: FixedClock, email: str
    ) -> None:
        service.register_organisation(
            person.id,
            kind=OrganisationKind.SUPPLIER,
            name="Imagined Maps",
            supplier_type=SupplierType.COMPANY,
            clock=clock,
        )
        organisation_id = actor_for(person).organisation_id
        browser.sign_in(person.email)

        answer = browser.send(
            f"/organisation/{organisation_id}/invite", email=email, roles="supplier_contributor"
        )

        assert "in the right form" in answer.text

    def test_name_with_line_breaks_cannot_add_to_the_head_of_a_letter(
        self, person: User, session: Session, clock: FixedClock
    ) -> None:
        service.register_organisation(
            person.id,
            kind=OrganisationKind.SUPPLIER,
            name="Imagined\r\nBcc: all@example.org",
            supplier_type=SupplierType.COMPANY,
            clock=clock,
        )
        actor = actor_for(person)

        self.invite(
            "new@example.org", session.get_one(Organisation, actor.organisation_id), actor, clock
        )

        (letter,) = letters_to("new@example.org")
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject


def test_switching_to_an_organisation_of_ones_own_works_and_to_anothers_does_not(
    browser: Browser, person: User, session: Session, clock: FixedClock
) -> None:
    for name in ("First Fable Ltd", "Second Fable Ltd"):
        service.register_organisation(
            person.id,
            kind=OrganisationKind.SUPPLIER,
            name=name,
            supplier_type=SupplierType.COMPANY,
            clock=clock,
        )
    second = next(m.id for m in person.memberships if m.organisation.name.startswith("Second"))
    stranger = a_person(session, clock.now(), a_supplier(session, clock.now()), Role.SUPPLIER_ADMIN)
    session.commit()
    foreign = stranger.memberships[0].id
    browser.sign_in(person.email)
    assert "First Fable" in browser.get("/organisation").text

    browser.send("/account/act-for", page="/account", membership=str(second))
    refused = browser.send("/account/act-for", page="/account", membership=str(foreign))

    assert refused.status_code == 403
    assert "Second Fable" in browser.get("/organisation").text


def test_membership_ended_ends_the_right_at_once(
    browser: Browser, person: User, session: Session, clock: FixedClock
) -> None:
    supplier = a_supplier(session, clock.now(), "Figment Sensors Ltd")
    boss = a_person(session, clock.now(), supplier, Role.SUPPLIER_ADMIN)
    session.commit()
    key = invitations.invite(
        supplier.id,
        email=person.email,
        roles={Role.SUPPLIER_CONTRIBUTOR},
        actor=actor_for(boss),
        clock=clock,
        accept_link=link,
    )
    membership_id = invitations.accept_invitation(key, user_id=person.id, clock=clock)
    browser.sign_in(person.email)
    assert "Figment Sensors" in browser.get("/organisation").text

    service.end_membership(membership_id, actor=actor_for(boss), clock=clock)

    assert "Figment Sensors" not in browser.get("/organisation").text


class TestFirstAdministrator:
    """The command that makes the first platform administrator."""

    def test_command_gives_a_link_that_sets_the_password(
        self, browser: Browser, session: Session, clock: FixedClock
    ) -> None:
        said = seed.create_admin("Chief@Example.org", "Catriona Invented", clock=clock)
        path = "/" + said.splitlines()[-1].split("/", 3)[3]

        browser.send(path, password="heron lantern quarry")
        browser.sign_in("chief@example.org")

        assert browser.get("/admin/organisations").location == "/account/second-step"
        assert actions(session) == ["platform.admin_created"]

    def test_command_given_twice_makes_one_administrator(
        self, session: Session, clock: FixedClock
    ) -> None:
        seed.create_admin("chief@example.org", "Catriona Invented", clock=clock)
        seed.create_admin("chief@example.org", "Catriona Invented", clock=clock)

        assert len(session.scalars(select(User)).all()) == 1
        assert actions(session) == ["platform.admin_created"]

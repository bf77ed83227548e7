"""Who may do what to an organisation and its people; which passwords are too easy."""

import uuid
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.core.accounts import policy
from marketplace.core.accounts.models import OrganisationKind
from marketplace.core.permissions import GUEST_ROLES, Actor, Ground, Role

HERE = uuid.uuid4()
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def an_actor(*roles: Role, organisation_id: uuid.UUID = HERE) -> Actor:
    """Make somebody with these roles."""
    return Actor(uuid.uuid4(), "Una Sample", organisation_id, frozenset(roles))


def an_organisation(kind: OrganisationKind, **more: object) -> Any:
    """Make an organisation as a policy sees it."""
    return SimpleNamespace(**{"id": HERE, "kind": kind, "verified_at": None, **more})


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.SUPPLIER, Role.SUPPLIER_ADMIN),
        (OrganisationKind.BODY, Role.PROCUREMENT_OFFICER),
        (OrganisationKind.PLATFORM, Role.PLATFORM_ADMIN),
    ],
)
def test_people_are_looked_after_by_the_caretaker_of_their_kind(
    kind: OrganisationKind, role: Role
) -> None:
    assert policy.can_look_after_people(an_actor(role), an_organisation(kind)).allowed


@pytest.mark.parametrize(
    "role", sorted(set(Role) - {Role.PROCUREMENT_OFFICER, Role.PLATFORM_ADMIN})
)
def test_people_of_a_body_are_not_looked_after_by_other_roles(role: Role) -> None:
    answer = policy.can_look_after_people(an_actor(role), an_organisation(OrganisationKind.BODY))

    assert answer.ground is Ground.RIGHT


def test_people_of_another_organisation_are_not_looked_after_by_its_kinds_caretaker() -> None:
    actor = an_actor(Role.PROCUREMENT_OFFICER, organisation_id=uuid.uuid4())

    assert not policy.can_look_after_people(actor, an_organisation(OrganisationKind.BODY)).allowed


def test_every_kind_has_roles_that_belong_to_no_other() -> None:
    kinds = [policy.roles_of(kind.value) for kind in OrganisationKind]

    # A guest's is nobody's to give.
    assert frozenset().union(*kinds) == frozenset(Role) - GUEST_ROLES
    assert sum(len(roles) for roles in kinds) == len(Role) - len(GUEST_ROLES)


def test_founder_can_look_after_the_people() -> None:
    for kind in ("supplier", "body"):
        assert policy.caretaker_role(kind) in policy.founder_roles(kind)


def test_membership_without_a_role_is_refused() -> None:
    assert policy.can_give_roles("body", ()).ground is Ground.MOMENT


def test_role_of_another_kind_of_organisation_is_refused() -> None:
    assert policy.can_give_roles("supplier", {Role.APPROVER}).ground is Ground.RIGHT


def test_several_roles_of_its_kind_stand_together() -> None:
    assert policy.can_give_roles("body", {Role.CHALLENGE_LEAD, Role.EVALUATOR}).allowed


def test_auditor_who_also_decides_is_refused() -> None:
    answer = policy.can_give_roles("body", {Role.AUDITOR, Role.APPROVER})

    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize(
    ("had", "kept", "others", "allowed"),
    [
        ({Role.SUPPLIER_ADMIN}, (), [], False),
        ({Role.SUPPLIER_ADMIN}, (), [{Role.SUPPLIER_CONTRIBUTOR}], False),
        ({Role.SUPPLIER_ADMIN}, (), [{Role.SUPPLIER_ADMIN}], True),
        ({Role.SUPPLIER_ADMIN}, {Role.SUPPLIER_ADMIN}, [], True),
        ({Role.SUPPLIER_CONTRIBUTOR}, (), [{Role.SUPPLIER_ADMIN}], True),
    ],
)
def test_somebody_stays_who_can_look_after_the_people(
    had: set[Role], kept: set[Role], others: list[set[Role]], allowed: bool
) -> None:
    answer = policy.can_lose_caretaker("supplier", others, had=had, kept=kept)

    assert answer.allowed is allowed


def test_people_are_seen_by_their_own_and_by_the_service_team() -> None:
    elsewhere = uuid.uuid4()

    assert policy.can_see_people(an_actor(Role.EVALUATOR), HERE)
    assert policy.can_see_people(an_actor(Role.PLATFORM_ADMIN, organisation_id=elsewhere), HERE)
    assert not policy.can_see_people(an_actor(Role.AUDITOR, organisation_id=elsewhere), HERE)
    assert not policy.can_see_people(an_actor(Role.GUEST_EVALUATOR), HERE)


def test_people_of_any_organisation_are_looked_after_by_the_service_team() -> None:
    actor = an_actor(Role.PLATFORM_ADMIN, organisation_id=uuid.uuid4())

    assert policy.can_look_after_people(actor, an_organisation(OrganisationKind.BODY)).allowed


def test_nobody_gives_themselves_a_role() -> None:
    actor = an_actor(Role.PROCUREMENT_OFFICER)
    before, more = {Role.PROCUREMENT_OFFICER}, {Role.PROCUREMENT_OFFICER, Role.APPROVER}

    answer = policy.can_change_own_roles(actor, actor.user_id, before, more)

    assert answer.ground is Ground.RIGHT
    assert policy.can_change_own_roles(actor, actor.user_id, more, before).allowed
    assert policy.can_change_own_roles(actor, uuid.uuid4(), before, more).allowed


def test_organisation_is_verified_once_and_by_the_service_team_alone() -> None:
    body = an_organisation(OrganisationKind.BODY)
    admin = an_actor(Role.PLATFORM_ADMIN, organisation_id=uuid.uuid4())
    verified = an_organisation(OrganisationKind.BODY, verified_at=NOW)

    assert policy.can_verify(admin, body).allowed
    assert policy.can_verify(admin, verified).ground is Ground.MOMENT
    assert policy.can_verify(an_actor(Role.PROCUREMENT_OFFICER), body).ground is Ground.RIGHT


@pytest.mark.parametrize("kind", OrganisationKind)
def test_body_that_nobody_verified_does_not_deal_with_others(kind: OrganisationKind) -> None:
    unknown = policy.can_meet_bodies(an_organisation(kind))

    assert unknown.allowed is (kind is not OrganisationKind.BODY)
    assert policy.can_meet_bodies(an_organisation(kind, verified_at=NOW)).allowed


def test_verifying_ones_own_organisation_is_refused() -> None:
    answer = policy.can_verify(
        an_actor(Role.PLATFORM_ADMIN), an_organisation(OrganisationKind.PLATFORM)
    )

    assert answer.ground is Ground.RIGHT


def test_giving_a_role_up_is_allowed_and_taking_one_is_not() -> None:
    actor = an_actor(Role.PROCUREMENT_OFFICER)
    before = {Role.PROCUREMENT_OFFICER, Role.CHALLENGE_LEAD}

    fewer = policy.can_change_own_roles(actor, actor.user_id, before, {Role.PROCUREMENT_OFFICER})
    more = policy.can_change_own_roles(actor, actor.user_id, before, before | {Role.APPROVER})

    assert fewer.allowed
    assert not more.allowed


@pytest.mark.parametrize(
    "password",
    [
        "heron lantern",
        "Tr0ubadour&3xyz",
        "zażółć gęślą jaźń",
        "x" * 3 + "heron lantern quarry",
        "heron lantern " * 14,
    ],
)
def test_password_worth_guessing_at_is_taken(password: str) -> None:
    assert policy.password_fault(password, known=["Una Sample", "una@example.org"]) is None


@pytest.mark.parametrize(
    "password",
    [
        "",
        "heron quarr",
        "aaaaaaaaaaaa",
        "123456789012",
        "password1234",
        "Password1234!",
        "qwerty123456",
        "unasample1234",
        "una@example.org",
        "fairwayfairway",
        "h" * 201,
    ],
)
def test_password_that_is_easy_or_has_the_wrong_length_is_refused(password: str) -> None:
    known = ["Una Sample", "una@example.org", "Fairway"]

    assert policy.password_fault(password, known=known) is not None

"""Rights by role, how refusals are raised, and errors that carry what a person is told."""

import uuid

import pytest

from marketplace.core.errors import (
    DomainError,
    Forbidden,
    Invalid,
    NotFound,
    StaleEdit,
    WrongMoment,
)
from marketplace.core.permissions import (
    ALLOWED,
    BODY_ROLES,
    GUEST_ROLES,
    PLATFORM_ROLES,
    ROLE_PERMISSIONS,
    ROLE_WORDS,
    SECOND_FACTOR_ROLES,
    SUPPLIER_ROLES,
    Actor,
    Permission,
    Role,
    ensure,
    lacks_right,
    wrong_moment,
)


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


def test_every_role_has_words_and_rights_and_one_side() -> None:
    assert set(ROLE_WORDS) == set(ROLE_PERMISSIONS) == set(Role)
    assert all(ROLE_PERMISSIONS.values())
    sides = [SUPPLIER_ROLES, PLATFORM_ROLES, BODY_ROLES, GUEST_ROLES]
    assert set(Role) == frozenset().union(*sides)
    assert sum(map(len, sides)) == len(Role)


def test_guest_is_whoever_has_no_other_role() -> None:
    assert an_actor(Role.GUEST_EVALUATOR).guest
    assert not an_actor(Role.GUEST_EVALUATOR, Role.APPROVER).guest
    assert not an_actor(Role.EVALUATOR).guest
    assert not an_actor().guest


def test_every_right_is_somebodys() -> None:
    assert frozenset().union(*ROLE_PERMISSIONS.values()) == set(Permission)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Who recommends does not sign off; who leads does not score; who judges does not pay.
        (Permission.AWARD_RECOMMEND, Permission.AWARD_APPROVE),
        (Permission.CHALLENGE_WRITE, Permission.SCORE_RECORD),
        (Permission.SCORE_RECORD, Permission.CONTRACT_SIGN),
        (Permission.SCORE_RECORD, Permission.BID_OPEN),
        (Permission.RECORD_AUDIT, Permission.SCORE_RECORD),
        (Permission.RECORD_AUDIT, Permission.CHALLENGE_WRITE),
        (Permission.ORGANISATION_VERIFY, Permission.BID_READ_OPENED),
        (Permission.BID_SUBMIT, Permission.BID_READ_OPENED),
    ],
)
def test_duties_that_are_separate_are_in_no_single_role(one: Permission, other: Permission) -> None:
    assert [role for role, rights in ROLE_PERMISSIONS.items() if {one, other} <= rights] == []


def test_auditors_and_administrators_write_nothing_of_a_challenge() -> None:
    writing = {
        Permission.CHALLENGE_WRITE,
        Permission.CHALLENGE_APPROVE,
        Permission.CHALLENGE_PUBLISH,
        Permission.SCORE_RECORD,
        Permission.AWARD_APPROVE,
        Permission.CONTRACT_SIGN,
        Permission.BID_OPEN,
    }
    for role in (Role.AUDITOR, Role.PLATFORM_ADMIN, Role.FACILITATOR):
        assert not ROLE_PERMISSIONS[role] & writing


def test_roles_that_decide_about_money_or_accounts_need_a_second_factor() -> None:
    assert {
        Role.PROCUREMENT_OFFICER,
        Role.CHAIR,
        Role.APPROVER,
        Role.PLATFORM_ADMIN,
    } == SECOND_FACTOR_ROLES


def test_actor_may_what_any_of_the_roles_gives() -> None:
    both = an_actor(Role.CHALLENGE_LEAD, Role.AUDITOR)

    assert both.may(Permission.CHALLENGE_WRITE)
    assert both.may(Permission.RECORD_AUDIT)
    assert not both.may(Permission.AWARD_APPROVE)
    assert not any(an_actor().may(permission) for permission in Permission)


def test_ensure_raises_by_the_ground_that_failed() -> None:
    ensure(ALLOWED)
    with pytest.raises(Forbidden, match="not yours"):
        ensure(lacks_right("not yours"))
    with pytest.raises(WrongMoment, match="too late"):
        ensure(wrong_moment("too late"))


def test_errors_are_one_tree_that_the_pages_can_tell_apart() -> None:
    for kind in (NotFound, Forbidden, WrongMoment, Invalid):
        assert issubclass(kind, DomainError)
    assert issubclass(StaleEdit, WrongMoment)


def test_error_carries_its_message_and_what_fills_it() -> None:
    error = WrongMoment("Not everybody is here: %(people)s.", people="Una")

    assert str(error) == "Not everybody is here: Una."
    assert (error.message, error.data) == ("Not everybody is here: %(people)s.", {"people": "Una"})


def test_error_without_data_may_hold_a_percent_sign() -> None:
    assert str(NotFound("100% gone")) == "100% gone"


def test_invalid_names_its_fields() -> None:
    assert Invalid("Check this.", {"reason": "Give one"}).fields == {"reason": "Give one"}
    assert Invalid("Check this.").fields == {}

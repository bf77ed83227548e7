"""Who names a body's local holidays, and which days can still become one."""

import uuid
from datetime import UTC, date, datetime

import pytest

from marketplace.core.accounts.models import BodyType, Organisation, OrganisationKind
from marketplace.core.permissions import Actor, Ground, Role
from marketplace.core.regimes.holidays import policy

BODY = Organisation(
    id=uuid.uuid4(),
    kind=OrganisationKind.BODY,
    name="Example Council",
    body_type=BodyType.LOCAL,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
)
TODAY = date(2026, 12, 1)


def someone(role: Role, organisation_id: uuid.UUID = BODY.id) -> Actor:
    return Actor(uuid.uuid4(), "Somebody", organisation_id, frozenset({role}))


def test_only_a_procurement_officer_of_the_body_names_its_holidays() -> None:
    assert policy.can_set_holidays(someone(Role.PROCUREMENT_OFFICER), BODY).allowed
    for other in (
        someone(Role.CHALLENGE_LEAD),
        someone(Role.APPROVER),
        someone(Role.PLATFORM_ADMIN),
        someone(Role.PROCUREMENT_OFFICER, uuid.uuid4()),
    ):
        assert policy.can_set_holidays(other, BODY).ground is Ground.RIGHT


def test_supplier_has_no_local_holidays() -> None:
    supplier = Organisation(id=uuid.uuid4(), kind=OrganisationKind.SUPPLIER, name="Figment Ltd")

    assert not policy.can_set_holidays(someone(Role.SUPPLIER_ADMIN, supplier.id), supplier).allowed


@pytest.mark.parametrize(
    ("day", "allowed"),
    [
        (date(2026, 11, 30), False),
        (date(2026, 12, 1), False),
        (date(2026, 12, 2), True),
        (date(2031, 12, 31), True),
        (date(2032, 1, 1), False),
    ],
)
def test_day_can_be_changed_from_tomorrow_on_and_within_five_years(
    day: date, allowed: bool
) -> None:
    assert policy.can_be_changed(day, TODAY).allowed is allowed

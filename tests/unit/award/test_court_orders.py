"""What a court can order about a contract: days, amounts, who records it and who confirms it."""

import uuid
from dataclasses import replace
from datetime import date

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from scoring.award.contracts import policy as contracts
from scoring.award.contracts.ordered import policy
from scoring.award.contracts.ordered.lifecycle import (
    Ordered,
    OrderKind,
    faults,
    is_over,
    last_day,
    same,
)
from scoring.award.delivery import policy as delivery
from scoring.award.delivery.milestones.lifecycle import Standing

SIGNED, MADE, END = date(2027, 2, 1), date(2027, 5, 3), date(2028, 1, 31)
ORDER = Ordered(OrderKind.INEFFECTIVE, MADE, "Court of Session", "P12/27", "It is ineffective.")
SHORTER = replace(ORDER, kind=OrderKind.SHORTENED, ends_on=date(2027, 6, 30))


def wrong(ordered: Ordered, today: date = date(2027, 5, 4), ends_on: date | None = END) -> set[str]:
    return set(faults(ordered, signed_on=SIGNED, ends_on=ends_on, today=today))


@pytest.mark.parametrize(
    ("ordered", "fields"),
    [
        (ORDER, set()),
        (replace(ORDER, kind=None), {"kind"}),
        (replace(ORDER, made_on=None), {"made_on"}),
        (replace(ORDER, made_on=SIGNED), set()),
        (replace(ORDER, made_on=date(2027, 1, 31)), {"made_on"}),
        (replace(ORDER, made_on=date(2027, 5, 5)), {"made_on"}),
        (replace(ORDER, kind=OrderKind.PENALTY), {"penalty"}),
        (replace(ORDER, kind=OrderKind.PENALTY, penalty_minor=1), set()),
        (replace(ORDER, penalty_minor=0), {"penalty"}),
        (SHORTER, set()),
        (replace(SHORTER, ends_on=None), {"ends_on"}),
        (replace(SHORTER, ends_on=MADE), set()),
        (replace(SHORTER, ends_on=date(2027, 5, 2)), {"ends_on"}),
        (replace(SHORTER, ends_on=END), {"ends_on"}),
        # Of its day nothing is known, so nothing is said of the other one.
        (replace(SHORTER, made_on=None, ends_on=None), {"made_on"}),
    ],
)
def test_order_is_told_whole_and_within_the_life_of_its_contract(
    ordered: Ordered, fields: set[str]
) -> None:
    assert wrong(ordered) == fields


def test_contract_without_a_last_day_can_be_given_one() -> None:
    assert wrong(replace(SHORTER, ends_on=date(2040, 1, 1)), ends_on=None) == set()


@pytest.mark.parametrize(
    ("kind", "last", "over"),
    [
        # On the day of the order, on the new last day, and on the day after that.
        (OrderKind.INEFFECTIVE, MADE, (True, True, True)),
        (OrderKind.SHORTENED, date(2027, 6, 30), (False, False, True)),
        (OrderKind.PENALTY, None, (False, False, False)),
    ],
)
def test_contract_is_over_from_the_order_on_or_after_its_new_last_day(
    kind: OrderKind, last: date | None, over: tuple[bool, ...]
) -> None:
    ends_on = date(2027, 6, 30) if kind is OrderKind.SHORTENED else None
    days = (MADE, date(2027, 6, 30), date(2027, 7, 1))

    assert last_day(kind, MADE, ends_on) == last
    assert tuple(is_over(kind, MADE, ends_on, day) for day in days) == over
    assert not is_over(kind, MADE, ends_on, date(2027, 5, 2))


def test_order_is_known_again_by_its_court_day_and_reference() -> None:
    again = replace(ORDER, court="court of session", reference="p12/27", says="Otherwise put.")

    assert same(again, [ORDER])
    assert not same(replace(again, made_on=SIGNED), [ORDER])
    assert not same(again, [])


def person(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


def test_officer_records_one_order_after_the_other_until_the_contract_is_ineffective() -> None:
    officer, lead = person(Role.PROCUREMENT_OFFICER), person(Role.CHALLENGE_LEAD)

    assert policy.can_record(officer, waits=False, ineffective=False).allowed
    assert policy.can_record(lead, waits=False, ineffective=False).ground is Ground.RIGHT
    waiting = policy.can_record(officer, waits=True, ineffective=False)
    over = policy.can_record(officer, waits=False, ineffective=True)
    assert (waiting.ground, over.ground) == (Ground.MOMENT, Ground.MOMENT)


def test_order_is_confirmed_once_by_another_officer_or_an_approver() -> None:
    other = uuid.uuid4()

    for each in (person(Role.PROCUREMENT_OFFICER), person(Role.APPROVER)):
        own = policy.can_answer(each, recorded_by_id=each.user_id, waits=True)
        late = policy.can_answer(each, recorded_by_id=other, waits=False)
        assert policy.can_answer(each, recorded_by_id=other, waits=True).allowed
        assert (own.ground, late.ground) == (Ground.RIGHT, Ground.MOMENT)
    lead = policy.can_answer(person(Role.CHALLENGE_LEAD), recorded_by_id=other, waits=True)
    assert lead.ground is Ground.RIGHT


def test_contract_that_is_over_by_an_order_is_neither_changed_nor_paid() -> None:
    officer, approver = person(Role.PROCUREMENT_OFFICER), person(Role.APPROVER)
    other = uuid.uuid4()
    facts = {"waits": False, "over": True}
    describes = contracts.can_describe(officer, State.DELIVERING, **facts)
    confirms = contracts.can_answer(approver, described_by_id=other, waits=True, over=True)
    pays = delivery.can_pay(
        officer,
        buyer_id=officer.organisation_id,
        standing=Standing.ACCEPTED,
        accepted_by_id=other,
        accepted_minor=1,
        ineffective=True,
    )

    assert [each.ground for each in (describes, confirms, pays)] == [Ground.MOMENT] * 3
    assert all("court" in each.message for each in (describes, confirms, pays))

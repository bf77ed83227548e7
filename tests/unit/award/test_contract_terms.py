"""What a contract may say when it is signed: worth, dates, extensions, and for which work."""

from dataclasses import replace
from datetime import date

import pytest

from challenges.models import Challenge, Stage
from challenges.stages.kinds import LaterKind, Payment, StageKind
from challenges.stages.models import LaterPurchase
from scoring.award.contracts.terms import (
    Room,
    Terms,
    may_buy_later,
    room_for,
    signing_faults,
    value_fault,
    work_stages,
)

TODAY = date(2027, 1, 15)
GOOD = Terms(starts_on=date(2027, 2, 1), ends_on=date(2028, 1, 31))


def a_challenge() -> Challenge:
    """Make one in the staged way, with work both before and after the last judging."""
    kinds = [
        *(StageKind.APPLICATION, StageKind.INTERVIEW, StageKind.EXPLORATION, StageKind.INTERVIEW),
        *(StageKind.ACCELERATOR, StageKind.DEMO_DAY, StageKind.AGREEMENT),
    ]
    found = Challenge(value_minor=700_000_00)
    for ordinal, kind in enumerate(kinds, start=1):
        Stage(challenge=found, ordinal=ordinal, kind=kind, name=kind.value)
    fixed, cap = found.stages[2], found.stages[6]
    fixed.payment, fixed.amount_minor = Payment.FIXED, 5_000_00
    cap.payment, cap.amount_minor = Payment.CAP, 650_000_00
    return found


def test_work_lies_between_the_judged_stages_and_a_demo_day_has_no_contract() -> None:
    challenge = a_challenge()
    found = {
        stage.ordinal: [each.ordinal for each in work_stages(challenge, stage)]
        for stage in challenge.stages
        if stage.ordinal in (1, 2, 4)
    }
    assert found == {1: [], 2: [3], 4: [5, 7]}


def test_room_is_the_fee_the_cap_or_what_is_left() -> None:
    challenge = a_challenge()
    exploration, accelerator, agreement = (challenge.stages[each] for each in (2, 4, 6))
    assert room_for(challenge, exploration, committed=1) == Room(5_000_00, None, 700_000_00 - 1)
    assert room_for(challenge, agreement, committed=0) == Room(None, 650_000_00, 700_000_00)
    assert room_for(challenge, accelerator, committed=0) == Room(left=700_000_00)
    assert room_for(challenge, None, committed=0) == Room(left=700_000_00)
    challenge.value_minor = None
    assert room_for(challenge, None, committed=5) == Room()


def test_a_later_purchase_stays_within_what_was_published_for_it() -> None:
    challenge = a_challenge()
    assert not may_buy_later(challenge)
    assert room_for(challenge, None, committed=0, later=True).most is None
    challenge.later = LaterPurchase(kind=LaterKind.NEW_COMPETITION)
    assert not may_buy_later(challenge)
    challenge.later = LaterPurchase(kind=LaterKind.INCLUDED, value_minor=10_00)
    assert may_buy_later(challenge)
    found = room_for(challenge, None, committed=0, later=True, bought_later=4_00)
    assert found.most == 6_00
    challenge.later.value_minor = None
    assert room_for(challenge, None, committed=0, later=True).most is None


@pytest.mark.parametrize(
    ("value", "room", "words"),
    [
        (0, Room(), "Enter the contract"),
        (1, Room(), None),
        (5_000_00, Room(exactly=5_000_00), None),
        (5_000_01, Room(exactly=5_000_00), "as published"),
        (4_999_99, Room(exactly=5_000_00), "as published"),
        (650_000_00, Room(most=650_000_00), None),
        (650_000_01, Room(most=650_000_00), "may be paid"),
        (1, Room(most=-1), "may be paid"),
        (7, Room(left=7), None),
        (8, Room(left=7), "total value"),
    ],
)
def test_a_contract_is_worth_what_was_published_to_the_penny(
    value: int, room: Room, words: str | None
) -> None:
    fault = value_fault(value, room)
    assert (fault is None) is (words is None)
    assert words is None or (fault is not None and words in fault[0])


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, set()),
        ({"starts_on": None}, {"starts_on"}),
        ({"starts_on": date(1927, 2, 1)}, {"starts_on"}),
        ({"ends_on": None}, {"ends_on"}),
        ({"ends_on": None, "ends_when": "When it is built."}, set()),
        ({"ends_on": date(2027, 1, 31)}, {"ends_on"}),
        ({"ends_on": date(2227, 1, 31)}, {"ends_on"}),
        ({"ends_on": date(2027, 2, 1)}, set()),
        ({"extensions_most": 21, "extension_months": 6}, {"extensions_most"}),
        ({"extensions_most": 2, "extension_months": 6}, set()),
        ({"extensions_most": 2}, {"extension_months"}),
        ({"extensions_most": 2, "extension_months": 121}, {"extension_months"}),
        (
            {"extensions_most": 1, "extension_months": 6, "ends_on": None, "ends_when": "x"},
            {"extensions_most"},
        ),
        ({"manager": "x" * 201, "purchase_order": "1" * 81}, {"manager", "purchase_order"}),
    ],
)
def test_dates_and_extensions_fit_each_other(changes: dict[str, object], found: set[str]) -> None:
    terms = replace(GOOD, **changes)  # type: ignore[arg-type]  # mixed dict
    fields, _data = signing_faults("C-1", 1, terms, Room(), taken=(), signed_on=TODAY)
    assert set(fields) == found


@pytest.mark.parametrize("reference", ["", " ", "c-7", "x" * 81])
def test_a_reference_is_told_and_its_own(reference: str) -> None:
    fields, data = signing_faults(reference, 9, GOOD, Room(left=8), taken=["C-7"], signed_on=TODAY)
    assert set(fields) == {"reference", "value"}
    assert data == {"left": "£0.08"}

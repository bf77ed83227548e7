"""Changes of a contract: what each kind asks, and every limit to the penny and the day."""

from dataclasses import replace
from datetime import date

import pytest

from marketplace.core.regimes.notice_forms import ChangeGround
from scoring.award.contracts import changing
from scoring.award.contracts.changing import ChangeKind, Made, Standing, Wanted

FIRST = 100_000_01
GROUNDS = {
    "foreseen": ChangeGround("foreseen", "Foreseen", "1", False, None, ("value",), True),
    "unforeseen": ChangeGround("unforeseen", "Unforeseen", "2", True, 50),
    "low": ChangeGround("low", "Low", "3", False, 10),
    "free": ChangeGround("free", "Not substantial", "4", False),
    "replaced": ChangeGround("replaced", "Replaced", "5", False, None, ("novation",)),
}
NOW = Standing(
    first_minor=FIRST,
    value_minor=FIRST,
    ends_on=date(2028, 1, 31),
    extensions_most=2,
    extension_months=1,
)
LAW = replace(NOW, grounds=GROUNDS, most_percent=50)


def value(after: int | None, ground: str | None = None) -> Wanted:
    return Wanted(ChangeKind.VALUE, "More wards.", "They asked.", ground, after)


def until(day: date | None, ground: str | None = None) -> Wanted:
    return Wanted(ChangeKind.EXTENSION, "Longer.", "It is late.", ground, ends_on=day)


def fields(wanted: Wanted, now: Standing) -> set[str]:
    return set(changing.faults(wanted, now))


@pytest.mark.parametrize(
    ("what", "why", "found"),
    [("x", "y", set()), (" ", "y", {"what"}), ("x", "", {"why"}), ("x" * 5_001, "y", {"what"})],
)
def test_a_change_says_what_and_why(what: str, why: str, found: set[str]) -> None:
    assert fields(Wanted(ChangeKind.SCOPE, what, why), NOW) == found


@pytest.mark.parametrize("after", [None, 0, -1, FIRST])
def test_a_new_value_is_another_and_above_nothing(after: int | None) -> None:
    assert fields(value(after), NOW) == {"value_after"}


def test_a_value_may_fall_to_what_was_accepted() -> None:
    assert fields(value(1), NOW) == set()
    assert fields(value(1, "low"), LAW) == set()
    accepted = replace(NOW, floor_minor=40_000_00)
    assert fields(value(40_000_00), accepted) == set()
    ((_message, data),) = changing.faults(value(39_999_99), accepted).values()
    assert data == {"accepted": "£40,000"}


def test_where_the_rules_have_grounds_one_of_the_kind_is_chosen() -> None:
    assert fields(value(1), LAW) == {"ground"}
    assert fields(value(1, "replaced"), LAW) == {"ground"}
    assert set(changing.grounds_for(ChangeKind.NOVATION, GROUNDS)) == {
        *("unforeseen", "low", "free", "replaced")
    }


def test_a_rise_to_exactly_the_share_of_the_ground_is_made_and_a_penny_more_is_not() -> None:
    # Half of 100,000.01 is 50,000.005: the last half penny is above it.
    most = FIRST + 50_000_00
    assert fields(value(most, "unforeseen"), LAW) == set()
    assert fields(value(most + 1, "unforeseen"), LAW) == {"value_after"}


def test_rises_on_one_ground_count_together() -> None:
    after = replace(LAW, value_minor=FIRST + 6_000_00, made=[Made("low", 6_000_00, False)])
    assert fields(value(FIRST + 10_000_00, "low"), after) == set()
    ((message, data),) = changing.faults(value(FIRST + 10_000_01, "low"), after).values()
    assert "new purchase" in message
    assert data == {"percent": 10, "left": "£4,000"}


def test_all_that_the_contract_did_not_foresee_counts_together() -> None:
    made = [Made("foreseen", 90_000_00, False), Made("low", 10_000_00, False), Made(None, 1, False)]
    after = replace(LAW, value_minor=FIRST + 100_000_01, made=made)
    left = 50_000_00 - 10_000_00 - 1
    assert fields(value(after.value_minor + left, "unforeseen"), after) == set()
    assert fields(value(after.value_minor + left + 1, "unforeseen"), after) == {"value_after"}
    assert fields(value(after.value_minor + left + 1, "free"), after) == {"value_after"}


def test_what_the_contract_foresaw_stays_within_what_was_published() -> None:
    within = replace(LAW, left_minor=500, options_minor=300)
    assert fields(value(FIRST + 300, "foreseen"), within) == set()
    assert fields(value(FIRST + 301, "foreseen"), within) == {"value_after"}
    within = replace(LAW, left_minor=-5)
    ((_message, data),) = changing.faults(value(FIRST + 1, "foreseen"), within).values()
    assert data == {"left": "£0"}
    assert fields(value(FIRST + 1, "foreseen"), LAW) == set()


def test_a_purchase_does_not_grow_into_stricter_rules() -> None:
    now = replace(NOW, ceiling_minor=200_000_00, total_minor=150_000_00)
    assert fields(value(FIRST + 49_999_99), now) == set()
    assert fields(value(FIRST + 50_000_00), now) == {"value_after"}


def test_an_extension_uses_an_option_and_ends_with_it() -> None:
    assert NOW.longest == date(2028, 2, 29)
    assert fields(until(date(2028, 2, 29)), NOW) == set()
    assert fields(until(date(2028, 3, 1)), NOW) == {"ends_on"}
    assert fields(until(date(2028, 1, 31)), NOW) == {"ends_on"}
    assert fields(until(None), NOW) == {"ends_on"}
    used = replace(NOW, made=[Made(None, 0, True), Made(None, 0, True)])
    ((message, data),) = changing.faults(until(date(2028, 2, 1)), used).values()
    assert "new purchase" in message
    assert data == {"used": 2, "most": 2}
    assert fields(until(date(2028, 2, 1)), replace(NOW, ends_on=None)) == {"ends_on"}
    assert replace(NOW, extension_months=None).longest is None


def test_an_extension_that_nobody_foresaw_has_a_ground_of_its_own() -> None:
    none_left = replace(LAW, extensions_most=0)
    assert fields(until(date(2029, 1, 1), "unforeseen"), none_left) == set()
    assert fields(until(date(9999, 12, 31), "unforeseen"), none_left) == {"ends_on"}
    assert not changing.uses_option(ChangeKind.EXTENSION, GROUNDS["unforeseen"])
    assert changing.uses_option(ChangeKind.EXTENSION, GROUNDS["foreseen"])
    assert changing.uses_option(ChangeKind.EXTENSION, None)
    assert not changing.uses_option(ChangeKind.SCOPE, None)


@pytest.mark.parametrize(
    ("supplier", "check", "found"),
    [
        ("Acorn", "Looked up.", set()),
        (" ", "Looked up.", {"supplier"}),
        ("A" * 201, "x" * 5_001, {"supplier", "supplier_check"}),
        ("Acorn", "", {"supplier_check"}),
    ],
)
def test_who_takes_over_is_named_and_checked(supplier: str, check: str, found: set[str]) -> None:
    wanted = Wanted(ChangeKind.NOVATION, "x", "y", None, supplier=supplier, supplier_check=check)
    assert fields(wanted, NOW) == found


def test_money_or_supplier_needs_another_person() -> None:
    assert changing.needs_approval(ChangeKind.NOVATION, 1, 1)
    assert changing.needs_approval(ChangeKind.VALUE, 1, 2)
    assert not changing.needs_approval(ChangeKind.SCOPE, 1, 1)


def test_a_rise_is_told_beside_the_limit_that_leaves_least() -> None:
    now = replace(
        LAW,
        first_minor=100_000_00,
        made=[Made("low", 4_000_00, False), Made("foreseen", 90_000_00, False)],
    )
    low, law = changing.shares(3_500_00, GROUNDS["low"], now)
    assert (low.alone, low.together, low.most) == ("3.5", "7.5", 10)
    assert (law.together, law.most) == ("7.5", 50)
    assert changing.shares(3_500_00, GROUNDS["foreseen"], now) == []
    assert changing.shares(-1, GROUNDS["low"], now) == []
    (free,) = changing.shares(FIRST, None, NOW)
    assert (free.alone, free.most) == ("100.0", None)

"""Standstills over bank holidays and local ones, and in working days from the day itself on."""

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.regimes.shapes import Standstill
from marketplace.core.regimes.working_days import (
    LONDON,
    bank_holidays,
    holiday_name,
    holidays_known_until,
    is_working_day,
    next_working_day,
    standstill_end,
    standstill_last_day,
)

SCOTLAND = Standstill("required", 10, 15, "working_day")
# Procurement Act 2023, s. 51: eight working days, the first of them that of the notice.
EIGHT = Standstill("required", 8, 8, "working_day", "working_days", "same_day", "england-and-wales")
FRESH = replace(EIGHT, begins="day_after")


def last_day(sent: str, rule: Standstill = SCOTLAND, **how: object) -> str:
    """Give the last day of a standstill for letters sent at nine on a day, London time."""
    at = datetime.fromisoformat(f"{sent} 09:00").replace(tzinfo=LONDON)
    return standstill_last_day(rule, at, **how).isoformat()  # type: ignore[arg-type]  # as it takes


@pytest.mark.parametrize(
    ("sent", "last", "why"),
    [
        ("2027-12-15", "2027-12-29", "Christmas on a Saturday: Monday and Tuesday are holidays"),
        ("2026-12-15", "2026-12-29", "Christmas Day; Boxing Day's holiday is the Monday after"),
        ("2026-12-22", "2027-01-05", "New Year's Day; 2 January's holiday is the Monday after"),
        ("2025-12-22", "2026-01-05", "1 January, then 2 January, which is one in Scotland alone"),
        ("2026-03-24", "2026-04-06", "Good Friday; Easter Monday is a working day in Scotland"),
        ("2026-11-20", "2026-12-01", "St Andrew's Day"),
        ("2025-11-20", "2025-12-02", "St Andrew's Day is a Sunday, its holiday the Monday"),
        ("2026-07-24", "2026-08-04", "the Scottish summer holiday is the first Monday of August"),
        ("2026-08-21", "2026-08-31", "and the English one, the last Monday, is none here"),
        ("2028-02-18", "2028-02-28", "a leap year: the tenth day is the 28th"),
        ("2028-02-19", "2028-02-29", "a leap day is a day"),
    ],
)
def test_last_day_over_scottish_holidays(sent: str, last: str, why: str) -> None:
    assert last_day(sent) == last, why


def test_new_years_second_day_is_a_holiday_in_scotland_and_not_in_england() -> None:
    assert not is_working_day(date(2026, 1, 2))
    english = replace(SCOTLAND, bank_holidays="england-and-wales")
    assert (last_day("2025-12-23"), last_day("2025-12-23", english)) == ("2026-01-05", "2026-01-02")


def test_local_holidays_make_a_standstill_longer_and_bank_holidays_count_besides() -> None:
    # Glasgow's fair holiday, and the day after it.
    fair = frozenset({date(2026, 7, 20), date(2026, 7, 21)})

    assert last_day("2026-07-10") == "2026-07-20"
    assert last_day("2026-07-10", local_holidays=fair) == "2026-07-22"
    # A local holiday in the middle moves nothing: the days are calendar days.
    assert last_day("2026-07-14", local_holidays=fair) == "2026-07-24"
    # But it does where working days are counted.
    assert last_day("2026-07-14", FRESH) == "2026-07-24"
    assert last_day("2026-07-14", FRESH, local_holidays=fair) == "2026-07-28"


def test_standstill_that_may_end_on_any_day_knows_no_holidays_of_a_body() -> None:
    any_day = replace(SCOTLAND, ends="any_day")

    assert last_day("2026-07-10", any_day, local_holidays={date(2026, 7, 20)}) == "2026-07-20"


def test_one_letter_by_other_means_makes_it_fifteen_days_for_all() -> None:
    assert last_day("2026-06-01") == "2026-06-11"
    assert last_day("2026-06-01", electronic=False) == "2026-06-16"


@pytest.mark.parametrize(
    ("sent", "last"),
    [
        # Monday is the first day, so Wednesday of the week after is the eighth.
        ("2026-06-01", "2026-06-10"),
        # Over Christmas as the guidance counts it: 24 December to 7 January.
        ("2026-12-24", "2027-01-07"),
        # A Saturday is no working day: the count begins on Monday.
        ("2026-06-06", "2026-06-17"),
        ("2026-03-31", "2026-04-13"),
    ],
)
def test_eight_working_days_begin_on_the_day_of_the_notice(sent: str, last: str) -> None:
    assert last_day(sent, EIGHT) == last


def test_both_changes_of_the_clocks_end_at_londons_midnight() -> None:
    for sent, end in (
        # In spring the tenth day is in summer time: midnight is 23:00 in UTC.
        ("2027-03-22 12:00", "2027-04-01 23:00"),
        ("2027-10-22 12:00", "2027-11-02 00:00"),
        # Sent in the hour that comes twice: both are the same day.
        ("2026-10-25 00:30", "2026-11-05 00:00"),
        ("2026-10-25 01:30", "2026-11-05 00:00"),
    ):
        at = datetime.fromisoformat(sent).replace(tzinfo=UTC)
        assert standstill_end(SCOTLAND, at) == datetime.fromisoformat(end).replace(tzinfo=UTC)


def test_end_is_never_before_the_least_and_always_after_a_working_day() -> None:
    """Every day of three years, every rule: a property, not an example."""
    start = datetime(2025, 1, 1, 11, tzinfo=UTC)
    local = frozenset({date(2026, 4, 20), date(2026, 5, 18), date(2027, 9, 20)})
    rules = itertools.product((SCOTLAND, EIGHT, FRESH), (True, False), (frozenset[date](), local))
    for rule, electronic, holidays in rules:
        least = rule.days_electronic if electronic else rule.days_other
        before = start
        for day in range(3 * 365):
            sent = start + timedelta(days=day)
            last = standstill_last_day(rule, sent, electronic=electronic, local_holidays=holidays)
            end = standstill_end(rule, sent, electronic=electronic, local_holidays=holidays)
            assert end.astimezone(LONDON) == datetime(
                *(last + timedelta(days=1)).timetuple()[:3], tzinfo=LONDON
            )
            whole = (last - sent.astimezone(LONDON).date()).days
            assert whole >= (least if rule.counts == "calendar_days" else least - 1)
            assert last.weekday() < 5
            assert last not in holidays
            assert holiday_name(last, rule.bank_holidays) is None
            assert end >= before
            before = end


def test_past_the_last_year_that_is_known_nothing_but_weekends_is_left_out() -> None:
    until = holidays_known_until()

    assert (until.month, until.day) == (12, 31)
    assert until.year >= 2028
    assert bank_holidays(until, 5) == []
    christmas = date(until.year + 1, 12, 25)
    while christmas.weekday() >= 5:
        christmas = christmas.replace(year=christmas.year + 1)
    assert next_working_day(christmas) == christmas


def test_next_bank_holidays_come_in_order_with_their_names() -> None:
    assert bank_holidays(date(2026, 11, 29), 2) == [
        (date(2026, 11, 30), "St Andrew’s Day"),
        (date(2026, 12, 25), "Christmas Day"),
    ]

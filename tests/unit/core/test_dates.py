"""How instants read: the zone named, both clock changes, midday and midnight."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from marketplace.core import dates


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # year, month, day, …


@pytest.mark.parametrize(
    ("instant", "words"),
    [
        (utc(2026, 12, 8, 14), "2pm on Tuesday 8 December 2026 (GMT)"),
        (utc(2026, 12, 8, 17, 30), "5:30pm on Tuesday 8 December 2026 (GMT)"),
        (utc(2026, 7, 1, 8, 5), "9:05am on Wednesday 1 July 2026 (BST)"),
        (utc(2026, 7, 1, 11), "midday on Wednesday 1 July 2026 (BST)"),
        (utc(2026, 12, 8, 12, 1), "12:01pm on Tuesday 8 December 2026 (GMT)"),
        (utc(2026, 12, 8, 0, 1), "12:01am on Tuesday 8 December 2026 (GMT)"),
        (utc(2026, 12, 8), "midnight at the start of Tuesday 8 December 2026 (GMT)"),
        (utc(2026, 6, 30, 23), "midnight at the start of Wednesday 1 July 2026 (BST)"),
    ],
)
def test_format_instant_of_a_day_names_time_day_and_zone(instant: datetime, words: str) -> None:
    assert dates.format_instant(instant) == words


def test_format_instant_around_spring_change_skips_one_o_clock() -> None:
    assert dates.format_instant(utc(2027, 3, 28, 0, 59)) == (
        "12:59am on Sunday 28 March 2027 (GMT)"
    )
    assert dates.format_instant(utc(2027, 3, 28, 1)) == "2am on Sunday 28 March 2027 (BST)"


def test_format_instant_in_repeated_autumn_hour_tells_the_two_apart() -> None:
    assert dates.format_instant(utc(2026, 10, 25, 0, 30)) == (
        "1:30am on Sunday 25 October 2026 (BST)"
    )
    assert dates.format_instant(utc(2026, 10, 25, 1, 30)) == (
        "1:30am on Sunday 25 October 2026 (GMT)"
    )


def test_format_instant_just_before_closing_never_looks_later() -> None:
    assert dates.format_instant(utc(2026, 12, 8, 11, 59, 59)) == (
        "11:59am on Tuesday 8 December 2026 (GMT)"
    )


def test_format_instant_with_seconds_is_not_called_midday_when_it_was_later() -> None:
    late = utc(2026, 12, 8, 12, 0, 1)
    assert dates.format_instant(late, seconds=True) == (
        "12:00:01pm on Tuesday 8 December 2026 (GMT)"
    )
    assert dates.format_instant(late.replace(second=0), seconds=True).startswith("midday on")


def test_format_instant_given_in_another_zone_is_shown_in_scottish_time() -> None:
    in_new_york = datetime(2026, 12, 8, 9, tzinfo=timezone(timedelta(hours=-5)))
    assert dates.format_instant(in_new_york) == "2pm on Tuesday 8 December 2026 (GMT)"


def test_format_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        dates.format_instant(datetime(2026, 12, 8, 14))  # noqa: DTZ001  # naive on purpose


def test_format_date_of_an_instant_late_on_a_summer_evening_is_the_scottish_day() -> None:
    assert dates.format_date(utc(2026, 6, 30, 23, 30)) == "1 July 2026"


def test_format_day_of_a_plain_date_names_the_weekday() -> None:
    assert dates.format_day(date(2026, 12, 8)) == "Tuesday 8 December 2026"


NOW = utc(2026, 11, 22, 9)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=16, hours=5), "16 days"),
        (timedelta(days=7), "7 days"),
        (timedelta(days=6, hours=23, minutes=59), "6 days and 23 hours"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=1, minutes=59), "1 day"),
        (timedelta(hours=1, minutes=1), "1 hour and 1 minute"),
        (timedelta(minutes=59, seconds=59), "59 minutes"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(microseconds=1), "less than a minute"),
        (timedelta(0), "no time"),
        (timedelta(seconds=-1), "no time"),
    ],
)
def test_time_left_is_cut_off_to_two_units(left: timedelta, words: str) -> None:
    assert dates.time_left(NOW, NOW + left) == words


@pytest.mark.parametrize(
    ("noon_before", "words"),
    [
        (datetime(2027, 3, 27, 12, tzinfo=dates.PLACE), "23 hours"),
        (datetime(2026, 10, 24, 12, tzinfo=dates.PLACE), "1 day and 1 hour"),
    ],
)
def test_time_left_over_a_clock_change_counts_the_time_that_passes(
    noon_before: datetime, words: str
) -> None:
    assert dates.time_left(noon_before, noon_before + timedelta(days=1)) == words


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 12, 8), 12, date(2027, 12, 8)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 2, 28), 12, date(2028, 2, 28)),
        (date(2026, 12, 31), 2, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, after: date
) -> None:
    assert dates.months_after(day, months) == after

"""Until when questions are taken, and when people are told and reminded."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.asking.lifecycle import asked_until, reminds_again, reminds_at, tells_at

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# A Tuesday at midday in winter, when London keeps UTC.
CLOSES = datetime(2026, 12, 8, 12, tzinfo=UTC)


def test_questions_end_five_working_days_before_closing_at_its_time_of_day() -> None:
    assert asked_until(CLOSES, CLOSES - 30 * DAY, None) == datetime(2026, 12, 1, 12, tzinfo=UTC)


def test_questions_end_skips_bank_holidays() -> None:
    closes = datetime(2026, 12, 29, 12, tzinfo=UTC)  # Christmas, its substitute and a weekend

    assert asked_until(closes, closes - 30 * DAY, None) == datetime(2026, 12, 18, 12, tzinfo=UTC)


def test_questions_end_keeps_the_time_on_the_wall_where_the_clocks_change() -> None:
    # Midday; summer time began on the Sunday before, and the Friday before that is a holiday.
    closes = datetime(2027, 3, 31, 11, tzinfo=UTC)

    assert asked_until(closes, closes - 30 * DAY, None) == datetime(2027, 3, 23, 12, tzinfo=UTC)


def test_questions_end_at_closing_where_bidding_is_shorter_than_that() -> None:
    assert asked_until(CLOSES, CLOSES - 5 * DAY, None) == CLOSES


@pytest.mark.parametrize(("chosen", "ends"), [(-2 * DAY, -2 * DAY), (DAY, 0 * DAY)])
def test_questions_end_when_the_body_chose_but_never_after_closing(
    chosen: timedelta, ends: timedelta
) -> None:
    assert asked_until(CLOSES, CLOSES - 30 * DAY, CLOSES + chosen) == CLOSES + ends


def test_questions_have_no_end_before_there_is_a_closing() -> None:
    assert asked_until(None, None, CLOSES) is None


def test_answers_are_gathered_for_an_hour_but_not_in_the_last_day() -> None:
    assert tells_at(CLOSES - 2 * DAY, CLOSES) == CLOSES - 2 * DAY + HOUR
    assert tells_at(CLOSES - DAY, CLOSES) == CLOSES - DAY


def test_reminders_come_every_two_days_and_a_day_before_closing() -> None:
    asked = CLOSES - 6 * DAY + HOUR
    second = reminds_at(asked, CLOSES)
    third = reminds_at(second, CLOSES)

    assert [second, third] == [asked + 2 * DAY, asked + 4 * DAY]
    assert reminds_at(third, CLOSES) == CLOSES - DAY
    assert reminds_at(CLOSES - DAY, CLOSES) > CLOSES


def test_reminders_of_several_questions_go_together() -> None:
    last = CLOSES - 6 * DAY

    assert reminds_again(None, last, CLOSES)
    assert not reminds_again(last, last + 2 * DAY - HOUR, CLOSES)
    assert reminds_again(last, last + 2 * DAY, CLOSES)

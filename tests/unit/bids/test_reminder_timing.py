"""When suppliers are reminded of a draft: 7 days, 2 days and 4 hours before closing."""

from datetime import UTC, datetime, timedelta

import pytest

from bids.reminding.timing import is_reminder, next_look

CLOSES = datetime(2026, 12, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("left", "next_left"),
    [
        (timedelta(days=20), timedelta(days=7)),
        (timedelta(days=7), timedelta(days=2)),
        (timedelta(days=2, seconds=1), timedelta(days=2)),
        (timedelta(days=2), timedelta(hours=4)),
        (timedelta(hours=4), timedelta(0)),
        (timedelta(seconds=1), timedelta(0)),
    ],
)
def test_the_next_look_is_the_next_reminder_and_last_the_closing(
    left: timedelta, next_left: timedelta
) -> None:
    assert next_look(CLOSES, CLOSES - left) == CLOSES - next_left


def test_from_the_closing_on_nobody_looks() -> None:
    assert next_look(CLOSES, CLOSES) is None


def test_a_look_at_the_closing_or_before_a_moved_one_reminds_nobody() -> None:
    due = CLOSES - timedelta(days=2)
    assert is_reminder(due, CLOSES)
    assert not is_reminder(due, CLOSES + timedelta(days=1))
    assert not is_reminder(CLOSES, CLOSES)

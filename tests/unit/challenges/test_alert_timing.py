"""When a saved search writes next."""

from datetime import UTC, datetime

import pytest

from challenges.alerts.timing import Frequency, next_due, telling_part


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("frequency", "now", "due"),
    [
        (Frequency.DAILY, "2026-12-01T06:59", "2026-12-01T07:00"),
        (Frequency.DAILY, "2026-12-01T07:00", "2026-12-02T07:00"),
        (Frequency.DAILY, "2026-06-01T05:59", "2026-06-01T06:00"),  # summer time
        (Frequency.DAILY, "2027-03-27T12:00", "2027-03-28T06:00"),  # the clocks go forward
        (Frequency.WEEKLY, "2026-12-01T09:30", "2026-12-07T07:00"),
        (Frequency.WEEKLY, "2026-12-07T06:00", "2026-12-07T07:00"),
        (Frequency.WEEKLY, "2026-12-07T07:00", "2026-12-14T07:00"),
    ],
)
def test_next_message_is_due_on_the_next_morning_in_london(
    frequency: Frequency, now: str, due: str
) -> None:
    assert next_due(frequency, at(now)) == at(due)


@pytest.mark.parametrize("frequency", [Frequency.AT_ONCE, Frequency.PAUSED])
def test_nothing_is_due_where_no_time_decides(frequency: Frequency) -> None:
    assert next_due(frequency, at("2026-12-01T09:30")) is None


def test_only_what_a_new_challenge_can_answer_is_kept_of_a_search() -> None:
    asked = {"q": "ferry", "state": "open", "within": "7", "by": "24/12/2026", "order": "value"}

    assert telling_part(asked) == {"q": "ferry", "state": "open", "order": "value"}
    for state in ("closed", "awarded", "ended"):
        assert telling_part({"state": state}) == {}

"""What a trusted proxy tells of a request's arrival counts, within what can be true."""

from datetime import UTC, datetime, timedelta

import pytest

from bids.arrival import arrived_at

NOW = datetime(2026, 11, 20, 12, 0, 5, 250000, tzinfo=UTC)
BEFORE = datetime(2026, 11, 20, 11, 59, 59, 900000, tzinfo=UTC)
EPOCH = 1795175999


def test_arrival_told_in_seconds_counts_though_the_service_was_busy() -> None:
    assert datetime.fromtimestamp(EPOCH, UTC) == BEFORE.replace(microsecond=0)
    assert arrived_at(f"{EPOCH}.900", NOW) == BEFORE
    assert arrived_at(f"t={EPOCH}.900000", NOW) == BEFORE


@pytest.mark.parametrize(
    "told",
    [
        None,
        "",
        "yesterday",
        f"{EPOCH}",
        f"{EPOCH}900",
        f"-{EPOCH}.900",
        f"{EPOCH}.900, {EPOCH}.100",
        "9" * 400 + ".1",
    ],
)
def test_arrival_told_in_no_known_form_is_the_services_own(told: str | None) -> None:
    assert arrived_at(told, NOW) == NOW


def test_arrival_of_a_clock_that_is_ahead_is_the_services_own() -> None:
    assert arrived_at(f"{EPOCH + 7}.000", NOW) == NOW


def test_arrival_a_minute_ago_or_more_is_the_services_own() -> None:
    minute_ago = NOW - timedelta(seconds=60)
    assert arrived_at(f"{minute_ago.timestamp():.6f}", NOW) == NOW
    just_within = minute_ago + timedelta(microseconds=1)
    assert arrived_at(f"{just_within.timestamp():.6f}", NOW) == just_within

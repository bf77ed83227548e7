"""Every state and event of a bid, and the instant at which it is too late."""

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest

from bids.lifecycle import (
    BidEvent,
    BidState,
    Lateness,
    TooLate,
    after,
    declaration_expires,
    ensure_in_time,
    in_time,
    opens_from,
)
from marketplace.core.errors import WrongMoment

CLOSING = datetime(2026, 12, 8, 12, tzinfo=UTC)
EARLY = CLOSING - timedelta(hours=1)
TICK = timedelta(microseconds=1)

# Written out, not derived from the table under test.
LEGAL = {
    ("invited", "start"): "draft",
    ("invited", "hear"): "valid",
    ("invited", "take_back"): "withdrawn",
    ("withdrawn", "invite"): "invited",
    ("draft", "submit"): "submitted",
    ("submitted", "submit"): "submitted",
    ("withdrawn", "submit"): "submitted",
    ("submitted", "withdraw"): "withdrawn",
    ("submitted", "open"): "valid",
    ("valid", "find_valid"): "valid",
    ("valid", "find_ineligible"): "ineligible",
    ("valid", "exclude"): "excluded",
    ("ineligible", "find_valid"): "valid",
    ("ineligible", "find_ineligible"): "ineligible",
    ("ineligible", "exclude"): "excluded",
    ("excluded", "find_valid"): "valid",
    ("excluded", "find_ineligible"): "ineligible",
    ("excluded", "exclude"): "excluded",
}
PAIRS = list(itertools.product(BidState, BidEvent))


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair in LEGAL])
def test_after_with_a_legal_event_gives_the_next_state(state: BidState, event: BidEvent) -> None:
    assert after(state, event) == LEGAL[state, event]


@pytest.mark.parametrize(("state", "event"), [pair for pair in PAIRS if pair not in LEGAL])
def test_after_with_an_event_out_of_place_is_refused(state: BidState, event: BidEvent) -> None:
    with pytest.raises(WrongMoment):
        after(state, event)


@pytest.mark.parametrize(
    ("arrived", "recorded", "counts"),
    [
        (CLOSING - TICK, CLOSING - TICK, True),
        (CLOSING - TICK, CLOSING, True),
        (CLOSING, CLOSING, False),
        (CLOSING + TICK, CLOSING + TICK, False),
        (CLOSING - TICK, CLOSING + timedelta(seconds=60) - TICK, True),
        (CLOSING - TICK, CLOSING + timedelta(seconds=60), False),
        (EARLY, CLOSING + timedelta(seconds=60) + TICK, False),
        (CLOSING, CLOSING + timedelta(seconds=1), False),
    ],
)
def test_in_time_at_the_edges_of_closing_follows_both_instants(
    arrived: datetime, recorded: datetime, counts: bool
) -> None:
    assert in_time(arrived, recorded, CLOSING) is counts


def test_in_time_with_instants_of_another_zone_compares_the_moment() -> None:
    local = CLOSING.astimezone(timezone(timedelta(hours=1)))
    assert not in_time(local, local, CLOSING)


def test_ensure_in_time_when_the_person_was_late_says_so() -> None:
    with pytest.raises(TooLate) as refusal:
        ensure_in_time(CLOSING, CLOSING, CLOSING)
    assert refusal.value.lateness is Lateness.ARRIVED_LATE
    assert "midday" in str(refusal.value)


def test_ensure_in_time_when_the_service_was_slow_says_so() -> None:
    slow = CLOSING + timedelta(seconds=60)
    with pytest.raises(TooLate) as refusal:
        ensure_in_time(EARLY, slow, CLOSING)
    assert refusal.value.lateness is Lateness.RECORDED_LATE
    assert (refusal.value.arrived, refusal.value.recorded) == (EARLY, slow)


def test_ensure_in_time_of_what_counts_refuses_nothing() -> None:
    ensure_in_time(EARLY, EARLY, CLOSING)


def test_opens_from_is_later_than_every_bid_in_time() -> None:
    assert not in_time(EARLY, opens_from(CLOSING), CLOSING)
    assert in_time(EARLY, opens_from(CLOSING) - TICK, CLOSING)


def test_declaration_expires_after_a_year_to_the_instant() -> None:
    assert declaration_expires(CLOSING) == datetime(2027, 12, 8, 12, tzinfo=UTC)


def test_declaration_made_on_a_leap_day_expires_on_28_february() -> None:
    leap = datetime(2028, 2, 29, 9, tzinfo=UTC)
    assert declaration_expires(leap) == datetime(2029, 2, 28, 9, tzinfo=UTC)

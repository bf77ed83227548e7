"""When the demonstration's steps happen, from whatever day it is loaded on."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.clock import FixedClock
from marketplace.core.dates import PLACE
from marketplace.core.regimes.book import next_working_day
from marketplace.demonstration.content import load
from marketplace.demonstration.days import Days, Span, days_of, submission, working_morning
from marketplace.demonstration.history import History, OutOfTimeError, run
from marketplace.demonstration.people import everybody

CONTENT = load()
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
# A year of days, with Christmas and both changes of the clocks, each at another hour.
MOMENTS = [
    datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=day, minutes=day * 97 % 1440)
    for day in range(366)
]


def steps(days: Days) -> list[datetime]:
    """Give the steps that were taken or are set, in the order in which they must come."""
    found = [days.created, days.published, days.closes, days.opened, days.intention, days.signed]
    return [instant for instant in found if instant is not None]


def test_days_of_every_challenge_keep_their_order_whenever_loaded() -> None:
    for now in MOMENTS:
        for item in CONTENT.challenges:
            found = steps(days_of(item, now))
            assert found == sorted(set(found)), (item.key, now)


def test_days_of_every_challenge_lie_in_the_past_but_for_closings_to_come() -> None:
    for now in MOMENTS:
        for item in CONTENT.challenges:
            days = days_of(item, now)
            to_come = item.closes_in_days is not None and item.closes_in_days > 0
            assert days.closes is None or (days.closes > now) == to_come, (item.key, now)
            assert all(step < now for step in steps(days) if step != days.closes), (item.key, now)
            assert days.ended is None or (days.opened or days.created) < days.ended < now


def test_days_of_every_challenge_are_working_days() -> None:
    for now in MOMENTS:
        for item in CONTENT.challenges:
            for instant in steps(days_of(item, now)):
                day = instant.astimezone(PLACE).date()
                assert next_working_day(day) == day, (item.key, now)


def test_bid_is_submitted_after_publication_and_before_now_whenever_loaded() -> None:
    for now in MOMENTS:
        for bid_set in CONTENT.bid_sets:
            item = next(c for c in CONTENT.challenges if c.key == bid_set.challenge)
            days = days_of(item, now)
            assert days.published is not None
            assert days.closes is not None
            for bid in bid_set.bids:
                if bid.state == "submitted":
                    submitted = submission(days.closes, bid.hours_before_closing)
                    assert days.published < submitted < min(now, days.closes), (item.key, now)


def test_submission_that_would_fall_in_the_night_comes_the_evening_before() -> None:
    closes = datetime(2026, 12, 4, 12, tzinfo=UTC)
    assert submission(closes, 9) == datetime(2026, 12, 3, 21, 17, tzinfo=UTC)
    assert submission(closes, 1) == datetime(2026, 12, 4, 10, 43, tzinfo=UTC)


def test_span_over_a_weekend_puts_half_the_work_at_its_end_on_friday() -> None:
    friday = datetime(2026, 12, 4, 9, tzinfo=UTC)
    span = Span(friday, datetime(2026, 12, 7, 17, tzinfo=UTC))
    assert span.at(0.25) == friday.replace(hour=13)
    assert span.at(0.75) == datetime(2026, 12, 7, 13, tzinfo=UTC)


def test_span_within_one_night_uses_all_its_time() -> None:
    evening = datetime(2026, 12, 1, 20, tzinfo=UTC)
    assert Span(evening, evening + timedelta(hours=2)).at(0.5) == evening + timedelta(hours=1)


def test_span_spread_gives_instants_that_rise_within_the_shares() -> None:
    span = Span(NOON, NOON + timedelta(days=9))
    found = span.spread(7, 0.2, 0.4)
    assert found == sorted(set(found))
    assert found[0] == span.at(0.2)
    assert found[-1] < span.at(0.4)


def test_working_morning_of_a_standstill_that_ends_on_friday_night_is_monday() -> None:
    midnight = datetime(2026, 12, 5, tzinfo=UTC)
    assert working_morning(midnight) == datetime(2026, 12, 7, 10, tzinfo=UTC)


def test_run_takes_the_steps_of_all_histories_in_the_order_of_time() -> None:
    clock = FixedClock(NOON)
    seen: list[tuple[str, datetime]] = []

    def history(name: str, hours: list[int]) -> History:
        for hour in hours:
            yield NOON + timedelta(hours=hour)
            seen.append((name, clock.now()))

    run([history("a", [1, 4]), history("b", [2, 3])], clock, until=NOON + timedelta(days=1))
    assert [name for name, _ in seen] == ["a", "b", "b", "a"]
    assert [instant - NOON for _, instant in seen] == [timedelta(hours=h) for h in (1, 2, 3, 4)]


@pytest.mark.parametrize("second", [-1, 25])
def test_run_step_before_the_last_or_in_the_future_is_refused(second: int) -> None:
    def history() -> History:
        yield NOON + timedelta(hours=1)
        yield NOON + timedelta(hours=second)

    with pytest.raises(OutOfTimeError):
        run([history()], FixedClock(NOON), until=NOON + timedelta(days=1))


def test_everybody_has_a_name_and_an_address_of_their_own() -> None:
    people = everybody(CONTENT)
    assert len({person.name for person in people}) == len(people)
    assert len({person.email for person in people}) == len(people)
    assert all(person.email.endswith(".example") for person in people)


def test_everybody_of_a_body_with_bids_to_judge_fills_every_seat() -> None:
    people = everybody(CONTENT)
    for item in CONTENT.challenges:
        if item.opened_days_ago is not None:
            roles = [r for p in people if p.organisation == item.buyer for r in p.roles]
            assert {"challenge_lead", "chair", "approver", "auditor"} <= set(roles), item.buyer
            assert roles.count("evaluator") >= 3, item.buyer


def test_everybody_of_a_body_that_publishes_counts_three_officers_who_may_open() -> None:
    people = everybody(CONTENT)
    for item in CONTENT.challenges:
        if item.published_days_ago is not None:
            roles = [r for p in people if p.organisation == item.buyer for r in p.roles]
            assert roles.count("procurement_officer") >= 3, item.buyer


def test_closing_time_that_was_moved_was_to_come_and_earlier_whenever_loaded() -> None:
    moved = [item for item in CONTENT.challenges if item.extension is not None]
    assert {item.extension.confirmed for item in moved if item.extension} == {True, False}
    for now in MOMENTS:
        for item in moved:
            days = days_of(item, now)
            assert item.extension is not None
            assert days.closed_first is not None
            assert days.moved_to is not None
            assert now < days.closed_first < days.moved_to, (item.key, now)
            held = days.moved_to if item.extension.confirmed else days.closed_first
            assert days.closes == held, (item.key, now)

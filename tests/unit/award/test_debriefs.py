"""The rules of debrief meetings: who, until when, and how far one has come."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.award.debriefs import policy
from scoring.award.debriefs.lifecycle import (
    PLACE_MOST,
    Standing,
    asked_until,
    offer_faults,
    standing_of,
)

NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
HOUR, MOMENT = timedelta(hours=1), timedelta(microseconds=1)


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER, BIDDER = an_actor(Role.PROCUREMENT_OFFICER), an_actor(Role.SUPPLIER_CONTRIBUTOR)


def refused(answer: Answer, ground: Ground) -> None:
    assert not answer.allowed
    assert answer.ground is ground
    assert answer.message


@pytest.mark.parametrize(
    ("starts_at", "offered", "recorded", "standing"),
    [
        (None, [], False, Standing.ASKED),
        (None, [NOW], False, Standing.ASKED),
        (None, [NOW, NOW + HOUR], False, Standing.OFFERED),
        (NOW + HOUR, [NOW + HOUR], False, Standing.AGREED),
        (NOW, [NOW], False, Standing.OVER),
        (NOW, [NOW], True, Standing.RECORDED),
    ],
)
def test_meeting_stands_where_times_and_the_clock_put_it(
    starts_at: datetime | None, offered: list[datetime], recorded: bool, standing: Standing
) -> None:
    found = standing_of(starts_at=starts_at, offered=offered, recorded=recorded, now=NOW)

    assert found is standing


def test_asking_ends_with_the_last_day_in_london_also_where_the_clocks_change() -> None:
    # Told at 23:30 in summer time: the day after has begun in London and not in UTC.
    told = datetime(2026, 10, 1, 22, 30, tzinfo=UTC)

    assert asked_until(told, 30) == datetime(2026, 11, 1, tzinfo=UTC)
    assert asked_until(told, 0) is None


def test_times_that_are_offered_lie_ahead_and_say_where() -> None:
    def faults(*times: datetime, minutes: int | None = 45, **where: object) -> set[str]:
        place: dict[str, object] = {"place": "", "join_url": "https://meet.example/1"}
        found = offer_faults(
            times,
            minutes,
            **{**place, "remote": True, **where},  # type: ignore[arg-type]  # mixed dict
            now=NOW,
        )
        return set(found)

    later = NOW + HOUR
    assert faults(later) == set()
    assert faults(later, remote=False, place="Room 1") == set()
    assert faults() == {"first"}
    assert faults(later, NOW) == {"first"}
    assert faults(later, later) == {"first"}
    assert faults(later, minutes=None) == {"minutes"}
    assert faults(later, minutes=241) == {"minutes"}
    assert faults(later, join_url="http://meet.example") == {"join_url"}
    assert faults(later, join_url="https://meet.example/" + "x" * PLACE_MOST) == {"join_url"}
    assert faults(later, remote=False) == {"place"}


def test_bidder_asks_once_while_the_time_to_ask_runs() -> None:
    def ask(actor: Actor = BIDDER, **changes: object) -> Answer:
        facts: dict[str, object] = {"told": True, "until": NOW + MOMENT, "now": NOW, "asked": False}
        return policy.can_ask(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    assert ask().allowed
    assert ask(until=None).allowed
    refused(ask(until=NOW), Ground.MOMENT)
    refused(ask(told=False), Ground.MOMENT)
    refused(ask(asked=True), Ground.MOMENT)
    refused(ask(OFFICER), Ground.RIGHT)


def test_officer_offers_and_records_and_bidder_chooses_each_in_its_moment() -> None:
    for standing in Standing:
        assert policy.can_offer(OFFICER, standing).allowed is (standing is not Standing.RECORDED)
        assert policy.can_choose(BIDDER, standing).allowed is (standing is Standing.OFFERED)
        assert policy.can_record(OFFICER, standing).allowed is (standing is Standing.OVER)
        refused(policy.can_offer(BIDDER, standing), Ground.RIGHT)
        refused(policy.can_choose(OFFICER, standing), Ground.RIGHT)
        refused(policy.can_record(BIDDER, standing), Ground.RIGHT)
    refused(policy.can_offer(OFFICER, Standing.RECORDED), Ground.MOMENT)

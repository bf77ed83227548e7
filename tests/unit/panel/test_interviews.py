"""Interviews: which times an offer makes, where one stands, and who may do what about it."""

import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast

import pytest
from icalendar import Calendar

from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.panel.interviews import policy
from scoring.panel.interviews.calendar import Appointment, calendar_of
from scoring.panel.interviews.lifecycle import (
    STANDING_WORDS,
    STEP_WORDS,
    Offer,
    Outcome,
    Span,
    Standing,
    Step,
    free_until,
    holds_interviews,
    move_faults,
    offer_faults,
    place_faults,
    reminder_at,
    standing_of,
    steps_from,
    too_few,
    usual_choose_by,
    usual_first,
)
from scoring.panel.interviews.models import InterviewSlot
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
FIRST = datetime(2026, 12, 10, 9, 30, tzinfo=UTC)
OFFER = Offer(
    first=FIRST,
    minutes=30,
    gap=15,
    number=3,
    choose_by=datetime(2026, 12, 7, 12, tzinfo=UTC),
    notice=24,
    join_url="https://meet.example.org/room",
)


def faults(**changes: Any) -> set[str]:
    """Name the fields of an offer that are wrong."""
    return set(offer_faults(replace(OFFER, **changes), [], NOW))


def test_times_follow_each_other_with_the_gap_between() -> None:
    assert OFFER.times == [FIRST, FIRST + timedelta(minutes=45), FIRST + timedelta(minutes=90)]
    assert replace(OFFER, number=None).times == []


@pytest.mark.parametrize(
    ("first", "second_in_london"),
    [
        # At 1:00 in winter time the clocks go to 2:00; at 2:00 in summer time they go to 1:00.
        (datetime(2027, 3, 28, 0, 30, tzinfo=UTC), "02:15 BST"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "01:15 GMT"),
    ],
)
def test_times_are_minutes_that_really_pass_when_the_clocks_change(
    first: datetime, second_in_london: str
) -> None:
    second = replace(OFFER, first=first).times[1]
    assert second - first == timedelta(minutes=45)
    assert second.astimezone(PLACE).strftime("%H:%M %Z") == second_in_london


def test_whole_offer_has_no_fault() -> None:
    assert faults() == set()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"first": None}, "first"),
        ({"first": NOW}, "first"),
        ({"minutes": None}, "minutes"),
        ({"minutes": 4}, "minutes"),
        ({"minutes": 481}, "minutes"),
        ({"gap": -1}, "gap"),
        ({"gap": 241}, "gap"),
        ({"number": 0}, "number"),
        ({"number": 41}, "number"),
        ({"number": 10**30}, "number"),
        ({"notice": 241}, "notice"),
        ({"choose_by": None}, "choose_by"),
        ({"choose_by": NOW}, "choose_by"),
        # A day before the first, and not a second later.
        ({"choose_by": FIRST - timedelta(hours=24, seconds=-1)}, "choose_by"),
        ({"join_url": "http://meet.example.org"}, "join_url"),
        ({"join_url": "https://meet.example.org/" + "x" * 500}, "join_url"),
        ({"remote": False}, "place"),
        ({"remote": False, "place": "x" * 501}, "place"),
        # 9:30 and 20 times 45 minutes later is the next day.
        ({"number": 20}, "number"),
    ],
)
def test_each_fault_of_an_offer_names_its_field(changes: dict[str, Any], field: str) -> None:
    assert faults(**changes) == {field}


def test_offer_may_end_at_midnight_and_leave_the_notice_exactly() -> None:
    late = datetime(2026, 12, 10, 23, 30, tzinfo=UTC)
    assert faults(first=late, number=1) == set()
    assert faults(choose_by=FIRST - timedelta(hours=24)) == set()
    assert faults(remote=False, place="Room 2", join_url="") == set()


def test_offer_that_overlaps_or_is_too_much_is_refused() -> None:
    beside = Span(FIRST - timedelta(minutes=30), 30)
    inside = Span(FIRST + timedelta(minutes=100), 15)
    many = [Span(NOW + timedelta(days=100 + day), 30) for day in range(98)]

    assert offer_faults(OFFER, [beside], NOW) == {}
    assert set(offer_faults(OFFER, [beside, inside], NOW)) == {"first"}
    assert set(offer_faults(OFFER, many, NOW)) == {"number"}


def test_move_is_held_against_the_other_times() -> None:
    span = Span(FIRST, 30)
    assert move_faults(span, [Span(FIRST + timedelta(minutes=30), 30)], NOW, 30) == {}
    assert set(move_faults(span, [span], NOW, 30)) == {"starts_at"}
    assert set(move_faults(None, [], NOW, 3)) == {"starts_at", "minutes"}
    assert set(move_faults(Span(NOW, 30), [], NOW, 30)) == {"starts_at"}


def test_place_is_asked_for_only_where_one_meets_at_a_place() -> None:
    assert place_faults("", "https://meet.example.org", remote=True) == {}
    assert set(place_faults("Here", "", remote=True)) == {"join_url"}


@pytest.mark.parametrize(
    ("outcome", "starts_at", "standing"),
    [
        (None, None, Standing.OPEN),
        (None, NOW + timedelta(seconds=1), Standing.CHOSEN),
        (None, NOW, Standing.OVER),
        (Outcome.HELD, NOW, Standing.HELD),
        (Outcome.MISSED, NOW, Standing.MISSED),
        (Outcome.WITHOUT, None, Standing.WITHOUT),
    ],
)
def test_standing_follows_from_time_and_outcome(
    outcome: Outcome | None, starts_at: datetime | None, standing: Standing
) -> None:
    assert standing_of(outcome, starts_at, NOW) is standing


def test_steps_that_follow_each_standing() -> None:
    assert {standing: steps_from(standing) for standing in Standing} == {
        Standing.OPEN: (Step.WITHOUT,),
        Standing.CHOSEN: (),
        Standing.OVER: (Step.HELD, Step.MISSED),
        Standing.HELD: (Step.MISSED,),
        Standing.MISSED: (Step.AGAIN, Step.WITHOUT, Step.HELD),
        Standing.WITHOUT: (Step.AGAIN,),
    }
    assert set(STANDING_WORDS) == set(Standing)
    assert set(STEP_WORDS) == set(Step)


def test_interviews_belong_to_their_stage_or_to_what_was_published() -> None:
    assert holds_interviews(is_interview=True, planned=False, elsewhere=True)
    assert holds_interviews(is_interview=False, planned=True, elsewhere=False)
    assert not holds_interviews(is_interview=False, planned=True, elsewhere=True)
    assert not holds_interviews(is_interview=False, planned=False, elsewhere=False)


def test_reminder_comes_in_the_morning_of_the_day_before_in_london() -> None:
    assert reminder_at(FIRST, NOW) == datetime(2026, 12, 9, 9, tzinfo=UTC)
    summer = datetime(2027, 7, 1, 23, 30, tzinfo=UTC)  # half past midnight on the 2nd
    assert reminder_at(summer, NOW) == datetime(2027, 7, 1, 8, tzinfo=UTC)
    # The night in between has an hour less.
    spring = datetime(2027, 3, 28, 9, tzinfo=UTC)
    assert reminder_at(spring, NOW) == datetime(2027, 3, 27, 9, tzinfo=UTC)
    assert reminder_at(NOW + timedelta(hours=20), NOW) is None


def test_form_proposes_the_published_day() -> None:
    first = usual_first(date(2026, 12, 10), NOW)
    assert first == datetime(2026, 12, 10, 9, 30, tzinfo=UTC)
    assert usual_choose_by(first, NOW) == datetime(2026, 12, 7, 12, tzinfo=UTC)
    assert usual_first(None, NOW) is None
    assert usual_first(date(2026, 12, 1), NOW) is None
    assert usual_choose_by(None, NOW) is None
    assert usual_choose_by(datetime(2026, 12, 3, 9, tzinfo=UTC), NOW) is None


def test_bidders_who_would_find_no_time_are_counted() -> None:
    assert [too_few(3, 2), too_few(2, 2), too_few(1, 4)] == [1, 0, 0]


PERSON = uuid.UUID(int=1)
NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase


def actor(*roles: Role) -> Actor:
    """Give a person in some roles."""
    return Actor(PERSON, "Somebody", uuid.UUID(int=2), frozenset(roles))


def seat(at: Seat = Seat.CHAIR, *, declared: bool = True, left: bool = False) -> PanelMember:
    """Give the person's seat."""
    return PanelMember(
        user_id=PERSON,
        seat=at,
        interests_declared_at=NOW if declared else None,
        left_at=NOW if left else None,
    )


def ground(answer: Answer) -> str:
    """Say how a policy answers, shortly."""
    return "yes" if answer.allowed else cast(Ground, answer.ground).value


CHAIR, OFFICER, LEAD = (
    actor(Role.CHAIR),
    actor(Role.PROCUREMENT_OFFICER),
    actor(Role.CHALLENGE_LEAD),
)
EVALUATOR = actor(Role.EVALUATOR)


@pytest.mark.parametrize(
    ("who", "member", "phase", "expected"),
    [
        (CHAIR, seat(), DECLARING, "yes"),
        (EVALUATOR, seat(Seat.EVALUATOR), LOCKED, "yes"),
        (EVALUATOR, seat(Seat.OBSERVER), SCORING, "yes"),
        (EVALUATOR, seat(Seat.EVALUATOR, declared=False), SCORING, "moment"),
        (EVALUATOR, seat(Seat.EVALUATOR, left=True), SCORING, "right"),
        (EVALUATOR, None, SCORING, "right"),
        (OFFICER, None, SCORING, "yes"),
        (LEAD, None, SCORING, "yes"),
        (LEAD, None, NAMED, "moment"),
        (LEAD, None, None, "moment"),
    ],
)
def test_who_sees_the_interviews(
    who: Actor, member: PanelMember | None, phase: PanelPhase | None, expected: str
) -> None:
    assert ground(policy.can_see(who, member, phase, withheld=False)) == expected
    hidden = policy.can_see(who, member, phase, withheld=True)
    assert ground(hidden) == ("moment" if expected == "yes" else expected)


@pytest.mark.parametrize(
    ("who", "member", "phase", "changes", "expected"),
    [
        (CHAIR, seat(), DECLARING, {}, "yes"),
        (CHAIR, seat(), SCORING, {}, "yes"),
        (OFFICER, None, SCORING, {}, "yes"),
        # An officer who sits declares like everybody.
        (
            actor(Role.PROCUREMENT_OFFICER, Role.EVALUATOR),
            seat(declared=False),
            SCORING,
            {},
            "moment",
        ),
        (CHAIR, seat(declared=False), DECLARING, {}, "moment"),
        (CHAIR, None, SCORING, {}, "right"),
        (EVALUATOR, seat(), SCORING, {}, "right"),
        (EVALUATOR, seat(Seat.EVALUATOR), SCORING, {}, "right"),
        (LEAD, None, SCORING, {}, "right"),
        (OFFICER, None, SCORING, {"holds": False}, "moment"),
        (OFFICER, None, SCORING, {"withheld": True}, "moment"),
        (OFFICER, None, SCORING, {"running": False}, "moment"),
        (OFFICER, None, NAMED, {}, "moment"),
        (OFFICER, None, MODERATING, {}, "moment"),
        (OFFICER, None, None, {}, "moment"),
    ],
)
def test_who_offers_times_and_when(
    who: Actor,
    member: PanelMember | None,
    phase: PanelPhase | None,
    changes: dict[str, bool],
    expected: str,
) -> None:
    told = {"holds": True, "withheld": False, "running": True, **changes}
    assert ground(policy.can_offer(who, member, phase, **told)) == expected


@pytest.mark.parametrize(
    ("who", "member", "phase", "running", "expected"),
    [
        (CHAIR, seat(), SCORING, True, "yes"),
        (CHAIR, seat(), SCORING, False, "moment"),
        (CHAIR, seat(), DECLARING, True, "moment"),
        (CHAIR, seat(), MODERATING, True, "moment"),
        (CHAIR, seat(declared=False), SCORING, True, "moment"),
        (OFFICER, None, SCORING, True, "right"),
        (EVALUATOR, seat(Seat.EVALUATOR), SCORING, True, "right"),
    ],
)
def test_who_records_interviews_and_when(
    who: Actor,
    member: PanelMember | None,
    phase: PanelPhase | None,
    running: bool,
    expected: str,
) -> None:
    assert ground(policy.can_record(who, member, phase, running=running)) == expected


def slot(hours: int = 48, notice: int = 24, withdrawn: bool = False) -> InterviewSlot:
    """Give a time so many hours from now."""
    return InterviewSlot(
        starts_at=NOW + timedelta(hours=hours),
        notice_hours=notice,
        withdrawn_at=NOW if withdrawn else None,
    )


BIDDER = actor(Role.SUPPLIER_CONTRIBUTOR)


@pytest.mark.parametrize(
    ("standing", "phase", "present", "changes", "expected"),
    [
        (Standing.OPEN, DECLARING, None, {}, "yes"),
        (Standing.OPEN, SCORING, None, {}, "yes"),
        (Standing.CHOSEN, SCORING, slot(), {}, "yes"),
        (Standing.CHOSEN, SCORING, slot(24), {}, "moment"),
        (Standing.OVER, SCORING, slot(0), {}, "moment"),
        (Standing.HELD, SCORING, slot(0), {}, "moment"),
        (Standing.MISSED, SCORING, slot(0), {}, "moment"),
        (Standing.WITHOUT, SCORING, None, {}, "moment"),
        (Standing.OPEN, MODERATING, None, {}, "moment"),
        (Standing.OPEN, None, None, {}, "moment"),
        (Standing.OPEN, SCORING, None, {"counts": False}, "moment"),
        (Standing.OPEN, SCORING, None, {"running": False}, "moment"),
    ],
)
def test_when_a_bidder_chooses(
    standing: Standing,
    phase: PanelPhase | None,
    present: InterviewSlot | None,
    changes: dict[str, bool],
    expected: str,
) -> None:
    told = {"counts": True, "running": True, **changes}
    assert ground(policy.can_choose(BIDDER, standing, phase, present, NOW, **told)) == expected


def test_who_does_not_write_bids_does_not_choose() -> None:
    answer = policy.can_choose(
        OFFICER, Standing.OPEN, SCORING, None, NOW, counts=True, running=True
    )
    assert ground(answer) == "right"


def test_time_is_free_until_its_notice_and_while_nobody_has_it() -> None:
    assert policy.is_free(slot(25), NOW, taken=False)
    assert not policy.is_free(slot(24), NOW, taken=False)
    assert not policy.is_free(slot(25), NOW, taken=True)
    assert not policy.is_free(slot(25, withdrawn=True), NOW, taken=False)
    assert free_until(NOW, 0) == NOW


APPOINTMENT = Appointment(
    id=uuid.UUID(int=7),
    edition=2,
    changed_at=NOW,
    starts_at=FIRST,
    minutes=30,
    title="Interview:\r\nATTENDEE:mailto:evil@example.org; 日本, \N{WAVING HAND SIGN}",
    where="Room 2; by the stairs, left",
    page="https://market.example/bids/B-1/interview",
)
MADE = {"public_url": "https://market.example:8443", "organiser": "no-reply@market.example"}


@pytest.mark.parametrize(("cancelled", "said"), [(False, "CONFIRMED"), (True, "CANCELLED")])
def test_calendar_file_opens_and_says_what_it_is(cancelled: bool, said: str) -> None:
    text = calendar_of([APPOINTMENT], **MADE, cancelled=cancelled)
    calendar = Calendar.from_ical(text)
    (event,) = calendar.events

    assert calendar["METHOD"] == ("CANCEL" if cancelled else "PUBLISH")
    assert event["UID"] == f"interview-{APPOINTMENT.id}@market.example"
    assert (event["SEQUENCE"], event["STATUS"]) == (2, said)
    assert event.start == FIRST
    assert event.end - FIRST == timedelta(minutes=30)
    assert event["LOCATION"] == APPOINTMENT.where
    # What somebody typed makes no line of its own.
    assert "ATTENDEE" not in event
    assert str(event["SUMMARY"]).startswith("Interview: ATTENDEE")
    assert text == calendar_of([APPOINTMENT], **MADE, cancelled=cancelled)

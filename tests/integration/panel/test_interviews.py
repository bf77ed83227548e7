"""Interviews: times offered, one chosen by each bidder, moved, withdrawn, recorded, waited for."""

import threading
import uuid
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from icalendar import Calendar
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges import service as challenges
from marketplace.core import jobs
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.notices.post import Mailer
from marketplace.core.permissions import Actor, Role
from scoring.panel import queries as panels
from scoring.panel import service as panel
from scoring.panel.interviews import queries, service
from scoring.panel.interviews.lifecycle import Offer, Standing, Step
from scoring.panel.interviews.models import InterviewSlot
from scoring.panel.interviews.own import own_interview
from scoring.panel.interviews.service import Moved
from scoring.panel.lifecycle import Measure
from tests.conftest import NOW
from tests.factories import a_person, actor_for
from tests.integration.panel.conftest import Scene

FIRST = datetime(2026, 12, 10, 9, 30, tzinfo=UTC)
LINK = "https://meet.example.org/room"
OFFER = Offer(
    first=FIRST,
    minutes=30,
    gap=15,
    number=3,
    choose_by=datetime(2026, 12, 7, 12, tzinfo=UTC),
    notice=24,
    join_url=LINK,
)


def offer(scene: Scene, offered: Offer = OFFER, by: str = "cher") -> list[InterviewSlot]:
    """Offer times; give all that stand."""
    service.offer(scene.reference, offered, actor=scene.actor(by), clock=scene.clock)
    return list(queries.slots(scene.session, scene.challenge.stage.id))


def bidder(scene: Scene, name: str) -> Actor:
    """Give somebody who acts for a supplier."""
    bid = scene.session.scalars(select(Bid).where(Bid.reference == scene.bids[name])).one()
    person = a_person(scene.session, NOW, bid.supplier, Role.SUPPLIER_CONTRIBUTOR)
    scene.session.commit()
    return actor_for(person)


def choose(scene: Scene, name: str, slot: InterviewSlot, seen: int | None = None) -> None:
    """Have a bidder choose a time as it is shown."""
    service.choose(
        scene.bids[name],
        slot.id,
        seen=slot.edition if seen is None else seen,
        actor=bidder(scene, name),
        clock=scene.clock,
    )


def record(scene: Scene, name: str, step: Step, reason: str = "", by: str = "cher") -> None:
    """Record what came of an interview."""
    service.record(
        scene.reference,
        scene.bids[name],
        step,
        reason=reason,
        actor=scene.actor(by),
        clock=scene.clock,
    )


def standing(scene: Scene, name: str) -> Standing:
    """Say where a bidder's interview stands."""
    bid = scene.session.scalars(select(Bid).where(Bid.reference == scene.bids[name])).one()
    now = scene.clock.now()
    return queries.standing_now(queries.interview_of(scene.session, bid.id), now)


def letters(scene: Scene, begins: str) -> list[Notice]:
    """Give the messages whose subject begins so."""
    rows = scene.session.scalars(select(Notice).order_by(Notice.created_at, Notice.id))
    return [notice for notice in rows if notice.subject.startswith(begins)]


def actions(scene: Scene) -> list[str]:
    """Give what the log says of interviews."""
    entries = chain_entries(scene.session, scene.reference)
    return [e.action for e in entries if e.action.startswith("interview")]


@pytest.fixture
def hearing(hearing_panel: Scene) -> Scene:
    """Give a stage of interviews whose panel scores."""
    return hearing_panel


def test_bidders_are_told_of_offered_times_and_each_chooses_one(hearing: Scene) -> None:
    slots = offer(hearing)
    assert [slot.starts_at for slot in slots] == OFFER.times
    bidder(hearing, "Acorn")
    told = letters(hearing, "Choose a time")
    assert len(told) == 3  # one person acts for each
    assert all(name not in n.text for n in told for name in ("Acorn", "Birch", "Cedar", LINK))

    choose(hearing, "Birch", slots[1])

    (first,) = {n.text for n in letters(hearing, "Your interview:")}
    assert "10:15am on Thursday 10 December 2026 (GMT), 30 minutes" in first
    assert LINK in first
    panel_letters = letters(hearing, "An interview:")
    # The chair, who offered too, and three evaluators.
    assert len({n.to_email for n in panel_letters}) == len(panel_letters) == 4
    assert all("Birch" in n.text and LINK in n.text for n in panel_letters)
    assert actions(hearing) == ["interviews.offered", "interview.chosen"]
    assert [each.id for each in own_interview(
        hearing.session, hearing.bids["Acorn"], bidder(hearing, "Acorn"), hearing.clock.now()
    ).free] == [slots[0].id, slots[2].id]  # fmt: skip


def test_same_offer_sent_twice_is_one(hearing: Scene) -> None:
    offer(hearing)
    assert len(offer(hearing)) == 3
    assert len(letters(hearing, "Choose a time")) == 3
    with pytest.raises(Invalid) as caught:
        offer(hearing, replace(OFFER, minutes=20))
    assert set(caught.value.fields) == {"first"}


def test_second_offer_is_told_to_those_who_have_no_time(hearing: Scene) -> None:
    choose(hearing, "Birch", offer(hearing)[0])
    before = len(letters(hearing, "Choose a time"))
    offer(hearing, replace(OFFER, first=FIRST + timedelta(days=1)), by="olga")
    told = letters(hearing, "Choose a time")[before:]
    assert {notice.text.split("/")[-2] for notice in told} == {
        hearing.bids["Acorn"],
        hearing.bids["Cedar"],
    }


def test_choice_again_leaves_the_time_before_to_others(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    choose(hearing, "Birch", slots[0])  # a double click
    choose(hearing, "Birch", slots[1])
    choose(hearing, "Acorn", slots[0])

    assert actions(hearing)[1:] == ["interview.chosen", "interview.moved", "interview.chosen"]
    (moved,) = letters(hearing, "Your interview has another time")[:1]
    assert moved.calendar is not None
    (event,) = Calendar.from_ical(moved.calendar).events
    assert (event["SEQUENCE"], event.start) == (1, slots[1].starts_at)
    (first,) = letters(hearing, "Your interview:")[:1]
    assert first.calendar is not None
    assert Calendar.from_ical(first.calendar).events[0]["UID"] == event["UID"]
    assert "Acorn" not in moved.calendar
    assert "Birch" not in moved.calendar


def test_taken_or_changed_time_is_refused_and_the_loser_keeps_what_it_had(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    choose(hearing, "Acorn", slots[1])
    for slot, seen in ((slots[0], 0), (slots[2], 7)):
        with pytest.raises(Invalid, match="just been taken or changed"):
            choose(hearing, "Acorn", slot, seen)
    assert standing(hearing, "Acorn") is Standing.CHOSEN
    with pytest.raises(Invalid):
        service.choose(
            hearing.bids["Cedar"],
            uuid.uuid4(),
            seen=0,
            actor=bidder(hearing, "Cedar"),
            clock=hearing.clock,
        )


def test_of_two_who_take_the_last_time_at_once_one_has_it(hearing: Scene, app: Flask) -> None:
    (slot,) = offer(hearing, replace(OFFER, number=1))
    asking = {name: (hearing.bids[name], bidder(hearing, name)) for name in ("Acorn", "Birch")}
    slot_id, clock = slot.id, FixedClock(NOW)
    db.session.remove()
    start, outcomes = threading.Barrier(2), dict[str, DomainError | None]()

    def take(name: str) -> None:
        with app.app_context():
            reference, actor = asking[name]
            start.wait()
            try:
                service.choose(reference, slot_id, seen=0, actor=actor, clock=clock)
            except DomainError as error:
                outcomes[name] = error
            else:
                outcomes[name] = None
            finally:
                db.session.remove()

    threads = [threading.Thread(target=take, args=(name,)) for name in asking]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(outcome is None for outcome in outcomes.values()) == 1
    (lost,) = [outcome for outcome in outcomes.values() if outcome is not None]
    assert isinstance(lost, Invalid)


def test_nobody_chooses_later_than_the_notice_or_for_another_bid(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[2])
    with pytest.raises(NotFound):
        service.choose(
            hearing.bids["Acorn"],
            slots[0].id,
            seen=0,
            actor=bidder(hearing, "Birch"),
            clock=hearing.clock,
        )
    hearing.clock.instant = slots[1].starts_at - timedelta(hours=24)
    with pytest.raises(Invalid):
        choose(hearing, "Acorn", slots[1])
    hearing.clock.instant = slots[2].starts_at - timedelta(hours=24)
    with pytest.raises(WrongMoment, match="too late"):
        choose(hearing, "Birch", slots[0])


def test_bidder_whose_bid_does_not_count_is_not_invited(hearing: Scene) -> None:
    bid = hearing.session.scalars(select(Bid).where(Bid.reference == hearing.bids["Cedar"])).one()
    bid.state = BidState.INELIGIBLE
    hearing.session.commit()
    slots = offer(hearing)
    assert len(letters(hearing, "Choose a time")) == 2
    with pytest.raises(NotFound):
        choose(hearing, "Cedar", slots[0])


def test_moved_time_is_told_to_both_with_the_reason_and_a_newer_file(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    to = Moved(FIRST + timedelta(hours=5), 45, "Room 2, by the lift", "", remote=False)

    def move(to: Moved, reason: str = "The chair is ill.", seen: int = 0) -> None:
        service.move(
            hearing.reference,
            slots[0].id,
            to,
            reason=reason,
            seen=seen,
            actor=hearing.actor("cher"),
            clock=hearing.clock,
        )

    with pytest.raises(Invalid) as caught:
        move(replace(to, starts_at=slots[1].starts_at, place=""), reason=" ")
    assert set(caught.value.fields) == {"starts_at", "place", "reason"}
    with pytest.raises(WrongMoment):
        move(to, seen=3)
    move(to)

    told = letters(hearing, "Your interview has changed") + letters(hearing, "An interview has")
    assert len(told) == 2 + 4  # two people act for the bidder by now
    for notice in told:
        assert "2:30pm on Thursday 10 December 2026 (GMT), 45 minutes" in notice.text
        assert "The chair is ill." in notice.text
        assert notice.calendar is not None
        (event,) = Calendar.from_ical(notice.calendar).events
        assert (event["SEQUENCE"], event["LOCATION"]) == (1, "Room 2, by the lift")
    # Whoever had the page open before does not choose another time than they saw.
    with pytest.raises(Invalid):
        choose(hearing, "Acorn", slots[0], seen=0)


def test_withdrawn_time_goes_out_of_calendars_and_another_can_be_chosen(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    by: dict[str, Any] = {"actor": hearing.actor("olga"), "clock": hearing.clock}
    with pytest.raises(Invalid):
        service.withdraw(hearing.reference, slots[0].id, reason="", **by)
    service.withdraw(hearing.reference, slots[0].id, reason="The room is gone.", **by)

    for begins in ("Your interview is withdrawn", "An interview is withdrawn"):
        notice = letters(hearing, begins)[0]
        assert "The room is gone." in notice.text
        assert notice.calendar is not None
        assert Calendar.from_ical(notice.calendar)["METHOD"] == "CANCEL"
        sent = Mailer(None, "no-reply@market.example").message(notice)
        (attached,) = sent.iter_attachments()
        assert attached.get_content_type() == "text/calendar"
        assert attached.get_param("method") == "CANCEL"
        assert attached.get_payload(decode=True) == notice.calendar.encode()
    assert standing(hearing, "Birch") is Standing.OPEN
    choose(hearing, "Birch", slots[1])
    event = Calendar.from_ical(letters(hearing, "Your interview:")[-1].calendar or "").events[0]
    assert event["SEQUENCE"] == 2
    with pytest.raises(NotFound):
        service.withdraw(hearing.reference, slots[0].id, reason="Again.", **by)


def test_both_are_reminded_on_the_day_before_of_the_time_that_stands(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    choose(hearing, "Acorn", slots[2])
    choose(hearing, "Birch", slots[1])
    jobs.run_due(hearing.clock)
    assert letters(hearing, "Tomorrow") == []

    hearing.clock.instant = datetime(2026, 12, 9, 9, tzinfo=UTC)
    jobs.run_due(hearing.clock)

    own = letters(hearing, "Tomorrow: your interview")
    assert len({notice.text for notice in own}) == 2
    assert not any("9:30am" in notice.text for notice in own)
    assert len(letters(hearing, "Tomorrow: an interview")) == 2 * 4


def test_missed_interview_is_offered_again_or_gone_on_without(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    choose(hearing, "Acorn", slots[1])
    with pytest.raises(WrongMoment):
        record(hearing, "Birch", Step.HELD)  # it has not begun
    hearing.clock.instant = slots[1].starts_at
    with pytest.raises(Invalid) as caught:
        record(hearing, "Birch", Step.MISSED)
    assert set(caught.value.fields) == {"reason"}
    with pytest.raises(Forbidden):
        record(hearing, "Birch", Step.MISSED, "Nobody came.", by="olga")
    record(hearing, "Birch", Step.MISSED, "Nobody came.")
    record(hearing, "Birch", Step.MISSED, "Nobody came.")
    assert "Nobody came." in letters(hearing, "Your interview was missed")[0].text
    record(hearing, "Birch", Step.AGAIN)
    assert standing(hearing, "Birch") is Standing.OPEN
    assert letters(hearing, "You can choose a time again")
    later = offer(hearing, replace(OFFER, first=FIRST + timedelta(days=9), number=1,
                                   choose_by=FIRST + timedelta(days=7)))  # fmt: skip
    choose(hearing, "Birch", later[-1])
    record(hearing, "Acorn", Step.MISSED, "Nobody came.")
    record(hearing, "Acorn", Step.WITHOUT, "They do not answer.")
    record(hearing, "Acorn", Step.AGAIN)
    record(hearing, "Acorn", Step.WITHOUT, "They still do not answer.")
    assert "They still do not answer." in letters(hearing, "The panel goes on")[-1].text
    assert actions(hearing)[-5:] == [
        "interview.chosen",
        "interview.missed",
        "interview.without",
        "interview.again",
        "interview.without",
    ]


def test_scores_are_submitted_after_the_interviews(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Acorn", slots[0])
    choose(hearing, "Birch", slots[1])
    record(hearing, "Cedar", Step.WITHOUT, "They asked not to be heard.")
    for key in ("solves", "team"):
        hearing.draft("eva", key)  # preparing is free
    with pytest.raises(WrongMoment, match="Interviews come first: Acorn, Birch"):
        panel.submit_scores(hearing.reference, actor=hearing.actor("eva"), clock=hearing.clock)
    hearing.clock.instant = slots[1].starts_at
    record(hearing, "Acorn", Step.HELD)
    record(hearing, "Birch", Step.HELD)
    for who in ("eva", "evan", "evie"):
        hearing.submit(who)
    panel.begin_moderation(hearing.reference, actor=hearing.actor("cher"), clock=hearing.clock)
    with pytest.raises(WrongMoment):
        offer(hearing, replace(OFFER, first=FIRST + timedelta(days=9)))
    with pytest.raises(WrongMoment):
        record(hearing, "Acorn", Step.MISSED, "It was somebody else.")


def test_who_is_recused_sees_that_a_time_is_taken_and_hears_nothing(scene: Scene) -> None:
    scene.challenge.interviews_on = date(2026, 12, 10)
    scene.session.commit()
    scene.name(["eva", "evan", "evie", "evo"])
    for who in ("cher", "evan", "evie", "evo"):
        scene.brief(who)
        scene.declare(who)
    scene.brief("eva")
    scene.declare("eva", Birch="My sister works there.")
    scene.decide("eva", "Birch", Measure.RECUSE)
    slots = offer(scene)
    board = queries.board(scene.session, panel_meeting(scene, "eva"), scene.clock.now())
    assert {row.bidder.supplier_name for row in board.rows} == {"Acorn", "Cedar"}
    choose(scene, "Birch", slots[0])

    told = {notice.to_email for notice in letters(scene, "An interview:")}
    assert scene.users["eva"].email not in told
    assert scene.users["evan"].email in told
    found = panel_meeting(scene, "eva")
    board = queries.board(scene.session, found, scene.clock.now())
    assert board.times[0].hidden
    with pytest.raises(NotFound):
        queries.time_of(board, board.times[0].slot.id)
    assert {row.bidder.supplier_name for row in board.rows} == {"Acorn", "Cedar"}


def panel_meeting(scene: Scene, who: str) -> panels.Meeting:
    """Give the panel as a member meets it."""
    return panels.meeting(scene.session, scene.reference, scene.actor(who))


def test_stage_without_interviews_and_other_bodies_offer_nothing(
    scene: Scene, session: Session
) -> None:
    scene.name()
    scene.ready()
    with pytest.raises(WrongMoment, match="published none"):
        offer(scene)
    with pytest.raises(Forbidden):
        offer(scene, by="lena")
    with pytest.raises(NotFound):
        service.offer("CH-NONE", OFFER, actor=scene.actor("olga"), clock=scene.clock)
    assert session.scalars(select(InterviewSlot)).all() == []


def test_interview_of_a_bid_that_stops_counting_holds_nobody_up(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    bid = hearing.session.scalars(select(Bid).where(Bid.reference == hearing.bids["Birch"])).one()
    bid.state = BidState.EXCLUDED
    hearing.session.commit()
    for name in ("Acorn", "Cedar"):
        record(hearing, name, Step.WITHOUT, "We know enough.")
    hearing.submit("eva")
    found = panel_meeting(hearing, "cher")
    board = queries.board(hearing.session, found, hearing.clock.now())
    assert [row.counts for row in board.rows if row.slot] == [False]
    with pytest.raises(WrongMoment):
        choose(hearing, "Birch", slots[1])


def test_challenge_that_ends_takes_its_interviews_out_of_calendars(hearing: Scene) -> None:
    slots = offer(hearing)
    choose(hearing, "Birch", slots[0])
    challenges.stop(
        hearing.reference,
        lessons="Ask first.",
        actor=hearing.actor("olga"),
        clock=hearing.clock,
    )
    for begins in ("Your interview is withdrawn", "An interview is withdrawn"):
        notice = letters(hearing, begins)[0]
        assert "The challenge has ended." in notice.text
        assert "another time" not in notice.text
        assert Calendar.from_ical(notice.calendar or "")["METHOD"] == "CANCEL"
    with pytest.raises(WrongMoment):
        choose(hearing, "Acorn", slots[1])

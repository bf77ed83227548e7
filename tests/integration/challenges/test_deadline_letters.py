"""Who is told of a closing time that moved: exactly those concerned, each once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from challenges import letters
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from tests.factories import a_declaration, a_person, a_supplier
from tests.integration.challenges.deadlines import (
    DAY,
    DOWN,
    confirm,
    decline,
    move,
    propose,
    said,
    told_since,
)
from tests.journeys import Journey, Step, a_cast, a_journey, play


@pytest.fixture
def journeys(session: Session, clock: FixedClock) -> list[Journey]:
    """Publish two challenges of one body."""
    cast = a_cast(session, clock.now())
    made = [a_journey(session, clock, cast, title=f"How do we do {n}?") for n in (1, 2)]
    play(made, Step.OPEN)
    return made


def a_bidder(journey: Journey, name: str) -> User:
    """Add a supplier with one administrator who may bid."""
    now = journey.clock.now()
    supplier = a_supplier(journey.session, now, name)
    person = a_person(journey.session, now, supplier, Role.SUPPLIER_ADMIN, name=name)
    a_declaration(journey.session, now, supplier, person)
    journey.session.commit()
    return person


def begin(journey: Journey, person: User) -> str:
    """Begin a draft."""
    return bids.start_bid(
        journey.reference, actor=journey.actor(person), clock=journey.clock
    ).reference


def notices(session: Session) -> list[Notice]:
    session.rollback()
    return list(session.scalars(select(Notice)))


def test_moving_tells_drafters_and_bidders_of_this_challenge_and_the_officers_named(
    journeys: list[Journey], session: Session
) -> None:
    moved, other = journeys
    cast = moved.cast
    moved.clock.instant += timedelta(days=1)
    moved.bid()
    other.bid()
    drafter = a_bidder(moved, "Drafting Example")
    elsewhere = a_bidder(moved, "Elsewhere Example")
    a_bidder(moved, "Idle Example")
    begin(moved, drafter)
    begin(other, elsewhere)
    change = propose(moved, moved.closes_at + DAY)
    before = notices(session)

    confirm(moved, change)
    confirm(moved, change)

    expected = [drafter, cast.supplier_admin, cast.contributor, cast.rival_admin]
    subject = "More time to bid: How do we do 1?"
    assert told_since(session, before) == {
        person.email: [subject] for person in [*expected, *cast.officers]
    }


def test_letter_to_bidders_says_both_times_the_reason_and_that_nothing_is_to_be_done(
    journeys: list[Journey], session: Session
) -> None:
    moved = journeys[0]
    moved.bid()

    move(moved, moved.closes_at + DAY)

    email = moved.cast.rival_admin.email
    text = session.scalars(
        select(Notice.text).where(Notice.to_email == email, Notice.subject.contains("More time"))
    ).one()
    for words in (
        "9:30am on Monday 21 December 2026 (GMT)",
        "9:30am on Sunday 20 December 2026 (GMT)",
        "Reason: The site visit was moved.",
        "you need not do anything",
        f"/bids/{moved.rival_bid}",
    ):
        assert words in text
    assert "/work/" not in text


def test_reopening_says_that_it_is_for_everybody_alike(
    journeys: list[Journey], session: Session
) -> None:
    moved = journeys[0]
    moved.bid()
    moved.clock.instant = moved.closes_at + timedelta(hours=1)
    before = notices(session)

    move(moved, moved.closes_at + DAY, reason=DOWN)

    new = [notice for notice in notices(session) if notice.id not in {n.id for n in before}]
    again = [notice for notice in new if notice.subject.startswith("Open for bids again")]
    assert {notice.to_email for notice in again} >= {moved.cast.supplier_admin.email}
    assert all(DOWN in notice.text and "everybody alike" in notice.text for notice in again)


def test_proposal_and_refusal_are_between_the_bodys_officers(
    journeys: list[Journey], session: Session
) -> None:
    moved, cast = journeys[0], journeys[0].cast
    moved.bid()
    before = notices(session)

    change = propose(moved, moved.closes_at + DAY)
    asked = told_since(session, before)
    decline(moved, change)

    others = [officer.email for officer in cast.officers if officer is not cast.officer]
    assert set(asked) == set(others)
    told = told_since(session, before)
    assert told.pop(cast.officer.email) == ["Declined: a later closing time for How do we do 1?"]
    assert told == asked


def test_who_left_withdrew_or_was_closed_out_is_not_told(
    journeys: list[Journey], session: Session
) -> None:
    moved, cast = journeys[0], journeys[0].cast
    moved.bid()
    # One supplier withdraws and leaves it at that; of the other, one person left.
    bids.withdraw_bid(
        moved.rival_bid,
        actor=moved.actor(cast.rival_admin),
        arrived=moved.clock.now(),
        clock=moved.clock,
    )
    cast.contributor.memberships[0].ended_at = moved.clock.now()
    cast.third_officer.active = False
    session.commit()
    change = propose(moved, moved.closes_at + DAY)
    before = notices(session)

    confirm(moved, change)

    assert set(told_since(session, before)) == {
        cast.supplier_admin.email,
        cast.officer.email,
        cast.second_officer.email,
    }


def test_person_of_two_suppliers_who_also_opens_the_bids_is_told_once(
    journeys: list[Journey], session: Session
) -> None:
    moved, cast = journeys[0], journeys[0].cast
    moved.bid()
    now = moved.clock.now()
    for person, organisation in (
        (cast.supplier_admin, cast.rival),
        (cast.third_officer, cast.rival),
    ):
        membership = Membership(user=person, organisation=organisation, created_at=now)
        membership.roles = [MembershipRole(role=Role.SUPPLIER_CONTRIBUTOR)]
        session.add(membership)
    session.commit()
    change = propose(moved, moved.closes_at + DAY)
    before = notices(session)

    confirm(moved, change)

    told = told_since(session, before)
    assert len(told[cast.supplier_admin.email]) == len(told[cast.third_officer.email]) == 1


def test_letters_of_a_reopening_are_written_before_the_log_is_locked(
    journeys: list[Journey], session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The closing was not recorded yet: it is, before the reopening and after the letters."""
    moved = journeys[0]
    moved.bid()
    moved.clock.instant = moved.closes_at + timedelta(hours=1)
    change = propose(moved, moved.closes_at + DAY, reason=DOWN)
    seen: list[list[str]] = []
    tell = letters.tell_deadline_moved

    def noted(*given: Any) -> None:
        tell(*given)
        seen.append(said(moved))

    monkeypatch.setattr(letters, "tell_deadline_moved", noted)
    confirm(moved, change)

    assert seen == [["deadline.proposed"]]
    assert said(moved) == ["deadline.proposed", "challenge.closed", "challenge.reopened"]

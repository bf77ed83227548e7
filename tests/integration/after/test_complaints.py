"""Complaints and court cases: what is in time, who decides, and that nothing is signed before."""

from dataclasses import replace
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from marketplace.core.accounts.models import User
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from scoring.award import service as award
from scoring.award.complaints import court, queries, service
from scoring.award.complaints.lifecycle import CourtEnd, Finding, Way
from scoring.award.complaints.models import AwardComplaint, ComplaintAnswer, ComplaintProposal
from scoring.award.models import Contract, Intention
from scoring.panel.again.lifecycle import Point
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.after.test_again import take_again
from tests.journeys import A_YEAR, OWN_PRICE, Journey, Step

GROUNDS = "The panel read the answer of somebody else."


def sign(journey: Journey) -> None:
    award.sign_contract(
        journey.reference,
        contract_reference="C-1",
        value_minor=OWN_PRICE,
        terms=A_YEAR,
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def complain(journey: Journey, by: User | None = None, grounds: str = GROUNDS) -> int:
    return service.complain(
        journey.rival_bid,
        grounds=grounds,
        asks="Score it again.",
        arrived=journey.clock.now(),
        actor=actor_for(by or journey.cast.rival_admin),
        clock=journey.clock,
    )


def propose(journey: Journey, finding: Finding = Finding.NOT_UPHELD) -> None:
    service.propose(
        journey.reference,
        1,
        finding=finding,
        reason="The panel read the right one.",
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def decide(journey: Journey, *, confirmed: bool = True, by: User | None = None) -> None:
    waiting = journey.session.scalars(
        select(ComplaintProposal).order_by(ComplaintProposal.id.desc())
    ).first()
    service.decide(
        journey.reference,
        1,
        confirmed=confirmed,
        reason="So I find too.",
        seen=str(waiting.id) if waiting else "",
        actor=actor_for(by or journey.cast.approver),
        clock=journey.clock,
    )


@pytest.fixture
def ends(journey: Journey, session: Session) -> Intention:
    """Give the announced intention; its standstill runs."""
    return session.scalars(select(Intention)).one()


def test_complaint_of_the_last_moment_keeps_the_contract_back_until_it_is_decided(
    journey: Journey, ends: Intention
) -> None:
    journey.clock.instant = ends.standstill_ends_at - timedelta(microseconds=1)
    assert complain(journey) == 1
    assert complain(journey) == 1  # pressed twice
    journey.clock.instant = ends.standstill_ends_at
    with pytest.raises(WrongMoment, match="complaint"):
        sign(journey)
    propose(journey)
    decide(journey, confirmed=False)
    with pytest.raises(WrongMoment, match="complaint"):
        sign(journey)
    propose(journey)
    with pytest.raises(Forbidden):
        decide(journey, by=journey.cast.officer)
    decide(journey)
    sign(journey)

    row = journey.session.scalars(select(AwardComplaint)).one()
    assert row.in_time is True
    assert journey.challenge.state is State.SIGNED
    told = journey.session.scalars(
        select(Notice.subject).where(Notice.to_email == journey.cast.rival_admin.email)
    ).all()
    assert any("We have your complaint" in each for each in told)
    assert any("Your complaint is decided" in each for each in told)
    others = journey.session.scalars(
        select(Notice.text).where(Notice.to_email == journey.cast.supplier_admin.email)
    ).all()
    assert not any("complain" in each.casefold() for each in others)


def test_complaint_that_waited_to_be_recorded_is_in_time_by_when_it_arrived(
    journey: Journey, ends: Intention
) -> None:
    journey.clock.instant = ends.standstill_ends_at + timedelta(seconds=5)
    service.complain(
        journey.rival_bid,
        grounds=GROUNDS,
        asks="",
        arrived=ends.standstill_ends_at - timedelta(microseconds=1),
        actor=actor_for(journey.cast.rival_admin),
        clock=journey.clock,
    )
    complain(journey, grounds="Another thing.")

    rows = journey.session.scalars(select(AwardComplaint).order_by(AwardComplaint.number)).all()
    assert [row.in_time for row in rows] == [True, False]
    with pytest.raises(WrongMoment, match="complaint"):
        sign(journey)


def test_complaint_after_the_signing_is_taken_and_undoes_nothing_and_promises_nothing_else(
    journey: Journey, ends: Intention, client: FlaskClient
) -> None:
    page = f"/bids/{journey.rival_bid}/complaint"
    sign_in(client, journey.cast.rival_admin)
    assert "No contract is signed until your complaint is decided" in client.get(page).text
    journey.clock.instant = ends.standstill_ends_at
    sign(journey)

    sign_in(client, journey.cast.rival_admin)
    asked = client.get(page).text
    assert "The contract is signed already. A complaint does not undo it" in asked
    assert complain(journey) == 1
    after = client.get(page).text
    letters = journey.session.scalars(
        select(Notice.text).where(Notice.subject.contains("omplaint"))
    ).all()
    assert len(letters) > 1
    for said in (after, *letters):
        assert "The contract was signed before that, and this does not undo it." in said
        assert "No contract is signed" not in said
    assert journey.challenge.state is State.SIGNED
    assert journey.session.scalars(select(Contract)).one()


def test_taking_a_complaint_back_lets_the_contract_be_signed(
    journey: Journey, ends: Intention
) -> None:
    complain(journey)
    journey.clock.instant = ends.standstill_ends_at
    with pytest.raises(NotFound):
        service.take_back(
            journey.own_bid, 1, actor=actor_for(journey.cast.supplier_admin), clock=journey.clock
        )
    rival = actor_for(journey.cast.rival_admin)
    service.take_back(journey.rival_bid, 1, actor=rival, clock=journey.clock)
    with pytest.raises(WrongMoment):
        service.take_back(journey.rival_bid, 1, actor=rival, clock=journey.clock)
    # What was taken back is not what is sent now, with whatever words.
    assert complain(journey) == 2
    with pytest.raises(WrongMoment, match="complaint"):
        sign(journey)
    service.take_back(journey.rival_bid, 2, actor=rival, clock=journey.clock)
    sign(journey)

    assert journey.challenge.state is State.SIGNED


def test_complaints_of_others_bodies_roles_and_bids_are_refused(
    journey: Journey, ends: Intention
) -> None:
    with pytest.raises(NotFound):
        complain(journey, by=journey.cast.supplier_admin)
    bid = journey.session.scalars(select(Bid).where(Bid.reference == journey.rival_bid)).one()
    bid.state = BidState.DRAFT
    journey.session.commit()
    with pytest.raises(WrongMoment):  # what was never opened was judged by nobody
        complain(journey)
    bid.state = BidState.VALID
    journey.session.commit()
    with pytest.raises(Invalid) as wrong:
        complain(journey, grounds="  ")
    assert set(wrong.value.fields) == {"grounds"}
    complain(journey)
    with pytest.raises(NotFound):
        service.propose(
            journey.reference,
            1,
            finding=Finding.UPHELD,
            reason="No",
            actor=actor_for(journey.cast.other_officer),
            clock=journey.clock,
        )
    recorded = service.Received(
        bid=journey.own_bid,
        sender="A Solicitor",
        way=Way.LETTER,
        received_at=journey.clock.now(),
        grounds="We were not heard.",
        asks="",
    )
    officer = actor_for(journey.cast.officer)
    assert service.record(journey.reference, recorded, actor=officer, clock=journey.clock) == 2
    # Pressed twice.
    assert service.record(journey.reference, recorded, actor=officer, clock=journey.clock) == 2
    later = replace(recorded, grounds="We were not heard a second time.")
    assert service.record(journey.reference, later, actor=officer, clock=journey.clock) == 3


def test_case_in_court_keeps_the_contract_back_until_two_people_say_how_it_ended(
    journey: Journey, ends: Intention
) -> None:
    officer = actor_for(journey.cast.officer)
    served = court.Served(journey.clock.now().date(), "Court of Session", "P123/26", "")
    for _pressed_twice in range(2):
        assert court.record(journey.reference, served, actor=officer, clock=journey.clock) == 1
    journey.clock.instant = ends.standstill_ends_at + timedelta(days=30)
    with pytest.raises(WrongMoment, match="court"):
        sign(journey)
    ended = court.Ended(CourtEnd.DISMISSED, journey.clock.now().date(), "Interlocutor of today")
    court.record_end(journey.reference, 1, ended, actor=officer, clock=journey.clock)
    with pytest.raises(WrongMoment, match="court"):
        sign(journey)
    found = queries.proceedings_numbered(journey.session, journey.challenge.stage, 1)
    assert found.end is not None
    seen = str(found.end.id)

    def confirm(by: User) -> None:
        court.answer_end(
            journey.reference,
            1,
            confirmed=True,
            reason="I read the order.",
            seen=seen,
            actor=actor_for(by),
            clock=journey.clock,
        )

    with pytest.raises(Forbidden):
        confirm(journey.cast.officer)
    confirm(journey.cast.second_officer)
    sign(journey)

    assert journey.challenge.state is State.SIGNED


def test_decision_that_a_court_set_aside_carries_no_contract_until_it_is_taken_again(
    journey: Journey, ends: Intention
) -> None:
    officer, today = actor_for(journey.cast.officer), journey.clock.now().date()
    served = court.Served(today, "Court of Session", "P123/26", "")
    court.record(journey.reference, served, actor=officer, clock=journey.clock)
    ended = court.Ended(CourtEnd.INEFFECTIVE, today, "Interlocutor of today")
    court.record_end(journey.reference, 1, ended, actor=officer, clock=journey.clock)
    found = queries.proceedings_numbered(journey.session, journey.challenge.stage, 1)
    court.answer_end(
        journey.reference,
        1,
        confirmed=True,
        reason="I read the order.",
        seen=str(found.end.id) if found.end else "",
        actor=actor_for(journey.cast.approver),
        clock=journey.clock,
    )
    journey.clock.instant = ends.standstill_ends_at
    with pytest.raises(WrongMoment, match="set this decision aside"):
        sign(journey)
    take_again(journey, Point.RECOMMENDATION)
    for step in (Step.RECOMMENDED, Step.INTENTION):
        journey.take(step)
    later = journey.session.scalars(select(Intention.standstill_ends_at)).all()
    journey.clock.instant = max(later)
    sign(journey)

    assert journey.challenge.state is State.SIGNED


def test_database_refuses_who_confirms_an_own_proposal(journey: Journey, ends: Intention) -> None:
    complain(journey)
    propose(journey)
    made = journey.session.scalars(select(ComplaintProposal)).one()
    journey.session.add(
        ComplaintAnswer(
            proposal_id=made.id,
            proposed_by_id=made.proposed_by_id,
            answered_by_id=made.proposed_by_id,
            confirmed=True,
            reason="Mine",
            answered_at=journey.clock.now(),
        )
    )

    with pytest.raises(IntegrityError):
        journey.session.flush()
    journey.session.rollback()

"""Two win, one contract is signed, a court sets the decision aside: the rest ends without award."""

import json

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.dates import PLACE
from marketplace.core.errors import WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.web.standings import line_of, standings
from scoring.award import log_checks
from scoring.award import service as award
from scoring.award.again import service
from scoring.award.again.models import Reconsideration
from scoring.award.blocking import holds
from scoring.award.complaints import court, queries
from scoring.award.complaints.lifecycle import CourtEnd
from scoring.award.contracts.ordered import service as orders
from scoring.award.contracts.ordered.lifecycle import Ordered, OrderKind
from scoring.award.delivery import story
from scoring.award.letters import service as letters
from scoring.award.models import Contract, Intention
from scoring.award.queries import decision
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.queries import newest_facts
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser, send
from tests.journeys import A_YEAR, Journey, Step, a_cast, a_journey, hand_over_letters
from tests.staged import a_delivery_stage

WHY = "The court set the decision aside before the second contract was signed."


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def winners(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Give a challenge with two winners, with one of whom a contract is signed."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_delivery_stage(journey, suppliers=2)
    journey.to(Step.LOCKED)
    officer, approver = (journey.actor(p) for p in (journey.cast.officer, journey.cast.approver))
    recommendation = award.recommend(
        journey.reference,
        bids=[journey.own_bid, journey.rival_bid],
        reason="Both convince.",
        actor=journey.actor(journey.cast.chair),
        clock=clock,
    )
    award.sign_off(
        journey.reference,
        recommendation_id=recommendation,
        approved=True,
        reason="Yes.",
        actor=approver,
        clock=clock,
    )
    letters.send_now(journey.reference, actor=officer, clock=clock)
    hand_over_letters(session, clock)
    clock.instant = session.scalars(select(Intention.standstill_ends_at)).all()[0]
    sign(journey, journey.own_bid, "C-1")
    return journey


@pytest.fixture
def two(winners: Journey) -> Journey:
    """Give such a challenge whose decision a court set aside then."""
    journey, clock = winners, winners.clock
    officer, approver = (journey.actor(p) for p in (journey.cast.officer, journey.cast.approver))
    today = clock.now().date()
    served = court.Served(today, "Court of Session", "P123/26", "")
    court.record(journey.reference, served, actor=officer, clock=clock)
    ended = court.Ended(CourtEnd.INEFFECTIVE, today, "Interlocutor of today")
    court.record_end(journey.reference, 1, ended, actor=officer, clock=clock)
    found = queries.proceedings_numbered(journey.session, journey.challenge.stage, 1)
    court.answer_end(
        journey.reference,
        1,
        confirmed=True,
        reason="I read the order.",
        seen=str(found.end.id) if found.end else "",
        actor=approver,
        clock=clock,
    )
    return journey


def sign(journey: Journey, bid: str, reference: str) -> None:
    award.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=20_000_00,
        terms=A_YEAR,
        bid_reference=bid,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def propose(journey: Journey) -> Reconsideration:
    identifier = service.propose_end_of_rest(
        journey.reference,
        reason=WHY,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    return journey.session.get_one(Reconsideration, identifier)


def to_do(journey: Journey, person: User) -> set[str | None]:
    """Give where what a person has to do leads."""
    actor = journey.actor(person)
    rows = journey.session.execute(standings(actor))
    lines = [line_of(row, actor, journey.clock.now()) for row in rows]
    return {step.endpoint for line in lines for step in line.steps}


def test_what_is_signed_stands_and_the_rest_ends_by_two_people_told_to_all(
    two: Journey, client: FlaskClient, session: Session
) -> None:
    cast, hub = two.cast, f"/work/challenges/{two.reference}"
    work = f"{hub}/decision/again"
    with pytest.raises(WrongMoment, match="set this decision aside"):
        sign(two, two.rival_bid, "C-2")
    kept_back = holds(session, two.challenge.stage, two.clock.now())
    # The words lead to what can be done: a decision with a signed contract is not taken again.
    assert [(each.endpoint, "rest end" in each.message) for each in kept_back] == [
        ("again.show", True)
    ]
    sign_in(client, cast.officer)
    assert "Let what is not signed end without award" in client.get(f"{hub}/decision").text
    page = client.get(work).text
    assert ("C-1" in page, cast.rival.name in page) == (True, True)
    empty = send(client, f"{work}/propose", {"reason": " "})
    assert (empty.status_code, "Say why the rest ends" in empty.text) == (422, True)
    assert send(client, f"{work}/propose", {"reason": WHY}).status_code == 303
    assert client.post(f"{work}/propose", data={"reason": WHY}).status_code == 409
    assert client.get(f"{work}/decide").status_code == 403

    sign_in(client, cast.approver)
    assert "without award" in client.get(f"{hub}/decision").text
    assert WHY in client.get(f"{work}/decide").text
    given = {"answer": "confirm", "reason": "So I find too."}
    assert send(client, f"{work}/decide", given).status_code == 303
    assert WHY in client.get(work).text
    assert "ended without award" in client.get(f"{hub}/decision").text

    found = decision(session, two.challenge.stage)
    assert [each.reference for each in found.contracts] == ["C-1"]
    assert (found.unsigned, two.challenge.state) == ([], State.SIGNED)
    with pytest.raises(WrongMoment, match="ended without award"):
        sign(two, two.rival_bid, "C-2")
    assert len(session.scalars(select(Contract)).all()) == 1
    assert list(log_checks.check(session.connection())) == []
    for person in (cast.supplier_admin, cast.rival_admin):
        told = session.scalars(select(Notice.text).where(Notice.to_email == person.email)).all()
        assert any(WHY in each for each in told)
    sign_in(client, cast.rival_admin)
    outcome = client.get(f"/bids/{two.rival_bid}/outcome").text
    assert WHY in outcome
    assert "had intended to award a contract to you" in outcome
    assert "before a court" not in outcome
    assert any(each.text == WHY for each in story.told(session, two.challenge))
    assert WHY in client.get(f"/challenges/{two.reference}").text
    facts = newest_facts(session, two.challenge.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    assert report.decision.rest_ended is not None
    assert report.decision.rest_ended.bids == (two.rival_bid,)
    assert public_edition(report).decision.rest_ended == report.decision.rest_ended


def test_second_award_stands_where_a_court_ends_the_first_contract_until_its_rest_ends(
    winners: Journey, session: Session
) -> None:
    cast, clock = winners.cast, winners.clock
    officer, approver = winners.actor(cast.officer), winners.actor(cast.approver)
    contract = session.scalars(select(Contract.id)).one()
    today = clock.now().astimezone(PLACE).date()
    number = orders.record(
        winners.reference,
        contract,
        Ordered(OrderKind.INEFFECTIVE, today, "Court of Session", "P1/27", "Set aside."),
        actor=officer,
        clock=clock,
    )
    orders.answer(
        winners.reference,
        contract,
        number,
        confirmed=True,
        reason="Read.",
        actor=approver,
        clock=clock,
    )
    found = decision(session, winners.challenge.stage)
    assert winners.challenge.state is State.SIGNED
    assert [each.reference for each in found.unsigned] == [winners.rival_bid]

    proposal = propose(winners)
    with pytest.raises(WrongMoment, match="answers that first"):
        sign(winners, winners.rival_bid, "C-2")
    assert "again.decide" in to_do(winners, cast.approver)
    service.answer(
        winners.reference,
        proposal_id=proposal.id,
        confirmed=True,
        reason="Yes.",
        actor=approver,
        clock=clock,
    )
    assert "again.decide" not in to_do(winners, cast.approver)
    # Now no work is left under any contract.
    assert (winners.challenge.state, winners.challenge.lessons) == (State.STOPPED, WHY)


def test_returned_proposal_leaves_all_as_it_is_and_can_be_made_again(
    two: Journey, session: Session
) -> None:
    service.answer(
        two.reference,
        proposal_id=propose(two).id,
        confirmed=False,
        reason="Not yet.",
        actor=two.actor(two.cast.approver),
        clock=two.clock,
    )

    assert [each.reference for each in decision(session, two.challenge.stage).unsigned] == [
        two.rival_bid
    ]
    assert propose(two).answer is None

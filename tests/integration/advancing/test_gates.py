"""Exploration between two judged stages: its contracts, its gates, and who is heard afterwards."""

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bidding
from bids.inviting import service as inviting
from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Stage
from challenges.stages.kinds import Payment, Property, Source, StageKind
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.dates import PLACE
from marketplace.core.errors import WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.web.standings import line_of, standings
from scoring.award import service as award
from scoring.award.again import service as again
from scoring.award.contracts.ordered import service as orders
from scoring.award.contracts.ordered.lifecycle import Ordered, OrderKind
from scoring.award.contracts.terms import Terms
from scoring.award.delivery import agreements, queries
from scoring.award.delivery.gates import service as gates
from scoring.award.delivery.gates.lifecycle import Decision, Finding, Found
from scoring.award.models import Contract, Intention
from scoring.report.facts import AwardReport
from scoring.report.queries import newest_facts
from tests.conftest import NOW, sign_in
from tests.journeys import Journey, Step, a_cast, a_journey
from tests.staged import a_second_stage, a_work_stage, go_on

FEE = 2_000_00
UNMASKS = "Nothing of it may tell which supplier it is about"
LESSONS = "Ask people in winter, not in summer."


@pytest.fixture
def explored(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Have both suppliers go on past an application into a paid exploration."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=2)
    interview = journey.challenge.stages[1]
    interview.ordinal = 3
    session.flush()
    session.add(
        Stage(
            challenge_id=interview.challenge_id,
            ordinal=2,
            name="Exploration",
            kind=StageKind.EXPLORATION,
            suppliers=2,
            payment=Payment.FIXED,
            amount_minor=FEE,
            property=Property.SUPPLIER,
            minimum_panel=3,
        )
    )
    session.commit()
    journey.to(Step.LOCKED)
    go_on(journey)
    for number, bid in enumerate((journey.own_bid, journey.rival_bid), 1):
        award.sign_contract(
            journey.reference,
            contract_reference=f"E-{number}",
            value_minor=FEE,
            terms=Terms(starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 22)),
            bid_reference=bid,
            actor=journey.actor(journey.cast.officer),
            clock=clock,
        )
    return journey


def decide(journey: Journey, number: int, decision: Decision) -> None:
    """Hold the gate of a contract, and have it confirmed."""
    contract = journey.session.scalars(
        select(Contract.id).where(Contract.reference == f"E-{number}")
    ).one()
    gate = gates.propose(
        journey.reference,
        contract,
        [Found("People tried it.", Finding.PARTLY, "Four of six could.")],
        decision=decision,
        reason="We saw the models.",
        lessons=LESSONS if decision is Decision.STOPS else "",
        actor=journey.actor(journey.cast.lead),
        clock=journey.clock,
    )
    gates.answer(
        journey.reference,
        contract,
        gate_id=gate,
        confirmed=True,
        reason="I agree.",
        actor=journey.actor(journey.cast.approver),
        clock=journey.clock,
    )


def hear(journey: Journey) -> None:
    """Begin the stage after the exploration."""
    inviting.open_stage(
        journey.reference,
        3,
        source=Source.HEARD,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def test_supplier_that_stops_at_the_gate_is_told_and_not_heard_and_the_other_goes_on(
    explored: Journey, session: Session
) -> None:
    with pytest.raises(WrongMoment, match="gate"):
        hear(explored)
    decide(explored, 1, Decision.GOES_ON)
    decide(explored, 2, Decision.STOPS)
    assert explored.challenge.state is State.EVALUATING
    hear(explored)

    found = {
        bid.supplier_id: bid
        for bid in session.scalars(select(Bid).where(Bid.previous_id.is_not(None)))
    }
    own, rival = (found[each.id] for each in (explored.cast.supplier, explored.cast.rival))
    assert (own.state, rival.state) == (BidState.VALID, BidState.WITHDRAWN)
    with pytest.raises(WrongMoment):
        bidding.change_bid(
            rival.reference,
            actor=explored.actor(explored.cast.rival_admin),
            clock=explored.clock,
        )
    told = session.scalars(
        select(Notice.text).where(Notice.to_email == explored.cast.rival_admin.email)
    ).all()
    assert any(LESSONS in text for text in told)
    works = queries.works(session, agreements.of_challenge(session, explored.challenge))
    assert [each.end and each.end.outcome.value for each in works] == ["went_on", "stopped"]


def test_each_officer_is_asked_for_the_order_that_another_recorded(
    explored: Journey, session: Session, app: Flask
) -> None:
    today = explored.clock.now().astimezone(PLACE).date()
    officers = explored.cast.officers[:2]
    contracts = session.scalars(select(Contract.id).order_by(Contract.reference)).all()
    for officer, contract in zip(officers, contracts, strict=True):
        orders.record(
            explored.reference,
            contract,
            Ordered(OrderKind.INEFFECTIVE, today, "Court of Session", "P1/27", "Set aside."),
            actor=explored.actor(officer),
            clock=explored.clock,
        )
    client, page = app.test_client(), f"/work/challenges/{explored.reference}/contracts"
    sign_in(client, officers[1])
    # Who judges without names could read it off the order.
    assert UNMASKS in client.get(f"{page}/{contracts[0]}/orders/1/answer").text

    for actor in map(explored.actor, officers):
        lines = [
            line_of(row, actor, explored.clock.now()) for row in session.execute(standings(actor))
        ]
        assert any(step.endpoint == "contracts.index" for line in lines for step in line.steps)


def test_challenge_is_stopped_with_lessons_when_nobody_goes_on(
    explored: Journey, app: Flask
) -> None:
    decide(explored, 1, Decision.STOPS)
    shown = app.test_client().get(f"/challenges/{explored.reference}").text
    assert LESSONS not in shown  # the other supplier is still to be judged
    decide(explored, 2, Decision.STOPS)

    assert explored.challenge.state is State.STOPPED
    assert explored.challenge.lessons == LESSONS


@pytest.fixture
def accelerated(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Have the award made, before an accelerator and an agreement."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    for ordinal, kind in ((2, StageKind.ACCELERATOR), (3, StageKind.DEMO_DAY)):
        a_work_stage(journey, ordinal, kind)
    a_work_stage(journey, 4, StageKind.AGREEMENT)
    journey.to(Step.INTENTION)
    clock.instant = session.scalars(select(Intention.standstill_ends_at)).one()
    return journey


def sign(journey: Journey, reference: str, work: str) -> None:
    award.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=FEE,
        terms=Terms(starts_on=date(2027, 2, 1), ends_on=date(2027, 3, 1)),
        bid_reference=journey.own_bid,
        work=work,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def waits(journey: Journey, app: Flask) -> bool:
    client = app.test_client()
    sign_in(client, journey.cast.officer)
    return "Record the contract for what follows: Agreement" in client.get("/work").text


def test_officer_is_asked_for_the_next_contract_when_the_gate_says_that_work_goes_on(
    accelerated: Journey, app: Flask
) -> None:
    sign(accelerated, "E-1", "2")
    assert not waits(accelerated, app)
    decide(accelerated, 1, Decision.GOES_ON)
    assert waits(accelerated, app)
    sign(accelerated, "E-2", "4")
    assert not waits(accelerated, app)


def test_officer_is_asked_for_no_contract_once_the_rest_has_ended(
    accelerated: Journey, app: Flask, session: Session
) -> None:
    sign(accelerated, "E-1", "2")
    decide(accelerated, 1, Decision.GOES_ON)
    proposal = again.propose_end_of_rest(
        accelerated.reference,
        reason="There is no money left.",
        actor=accelerated.actor(accelerated.cast.officer),
        clock=accelerated.clock,
    )
    again.answer(
        accelerated.reference,
        proposal_id=proposal,
        confirmed=True,
        reason="So it is.",
        actor=accelerated.actor(accelerated.cast.approver),
        clock=accelerated.clock,
    )

    assert not waits(accelerated, app)
    # The log and the report name the same bid, with which one contract is signed and one is not.
    entries = log.chain_entries(session, accelerated.reference)
    (ended,) = [each.fields for each in entries if each.action == "rest.ended"]
    facts = newest_facts(session, accelerated.challenge.stage.id)
    assert facts is not None
    rest = AwardReport.from_json(json.loads(facts)).decision.rest_ended
    assert rest is not None
    assert list(rest.bids) == ended["bids"] == [accelerated.own_bid]
    assert ended["confirmed_because"] == "So it is."

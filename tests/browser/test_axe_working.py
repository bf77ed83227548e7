"""Pages on which bodies work together, panels score, contracts are worked and records kept: no
violation, and room enough.
"""

import io
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from challenges.joining import service as joining
from challenges.live import service as live
from challenges.stages.kinds import StageKind
from scoring.award import service as award
from scoring.award.contracts.ordered import service as ordered
from scoring.award.contracts.ordered.lifecycle import Ordered, OrderKind
from scoring.award.delivery import running
from scoring.award.delivery.gates import service as gates
from scoring.award.delivery.gates.lifecycle import Decision, Finding, Found
from scoring.award.models import Contract, Intention
from scoring.panel.sheets import service as sheets
from scoring.records.keeping import service as keeping
from scoring.records.keeping.models import Erasure, LegalHold
from scoring.records.own_data import service as own_data
from scoring.records.own_data.models import OwnErasure
from tests.browser.rooms import Room, database_url, kept_databases, looker, room, step
from tests.integration.award.test_delivery import Under
from tests.integration.panel.test_sheets import all_of, filled
from tests.integration.report.test_keeping import when_due
from tests.journeys import A_YEAR, OWN_PRICE, Step
from tests.staged import a_work_stage

__all__ = ["database_url", "kept_databases", "looker", "room", "step"]

REASON = "It was said so at the meeting."


@pytest.mark.parametrize("step", [Step.DRAFT])
def test_pages_of_bodies_that_join_and_of_a_session_that_was_held_have_no_violation(
    room: Room,
) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, lead, other = journey.reference, journey.actor(cast.lead), journey.actor(cast.other_officer)

    joining.invite(at, cast.other_body.id, message="Join us.", actor=lead, clock=clock)
    joining.answer(at, accept=True, reason="", actor=other, clock=clock)
    room.see(cast.other_officer, "joining.leave", empty=True)
    joining.leave(at, reason=REASON, actor=other, clock=clock)

    journey.to(Step.OPEN)
    begins = clock.now() + timedelta(days=2)
    meeting = live.Meeting("Meet us", begins, 45, "https://meet.example.org/room", "Ask us.")
    held = live.announce(at, meeting, actor=lead, clock=clock)
    clock.instant = begins + timedelta(hours=1)
    room.see(cast.lead, "live.record", empty=True, session_id=held)

    room.judge("together")


@pytest.mark.parametrize("step", [Step.OPENED])
def test_pages_of_masks_and_of_a_sheet_that_was_brought_have_no_violation(room: Room) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, evaluator = journey.reference, journey.actor(cast.evaluators[1])
    journey.challenge.stage.names_withheld = True
    journey.session.commit()
    room.see(cast.officer, "panel_masking.masks", empty=True)
    journey.challenge.stage.names_withheld = False
    journey.session.commit()

    journey.to(Step.SCORING)
    sheet = sheets.take_sheet(at, actor=evaluator, clock=clock, translate=str.format, told=str)
    for score in (4, 99):
        brought = io.BytesIO(filled(sheet, all_of(score, REASON)))
        sheets.bring_sheet(at, "my.xlsx", brought, actor=evaluator, clock=clock)
        room.see(cast.evaluators[1], "panel_sheets.check")

    room.judge("scoring")


def sign(room: Room, work: str) -> uuid.UUID:
    """Sign a contract with the preferred bidder for a stage of work."""
    journey = room.journey
    reference = f"C-{work}"
    award.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=OWN_PRICE,
        terms=A_YEAR,
        bid_reference=journey.own_bid,
        work=work,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    made = select(Contract.id).where(Contract.reference == reference)
    return journey.session.scalars(made).one()


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_pages_of_work_under_a_contract_have_no_violation(room: Room) -> None:
    """Work with a gate is done and goes on; more is bought, done, and measured in the end."""
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at = journey.reference
    a_work_stage(journey, 2, StageKind.ACCELERATOR)
    a_work_stage(journey, 3, StageKind.AGREEMENT)
    clock.instant = journey.session.scalars(select(Intention.standstill_ends_at)).one()
    tried = {"contract_id": sign(room, "2")}
    under = Under(journey)
    under.plan(OWN_PRICE)
    room.see(cast.supplier_admin, "own_delivery.report", empty=True, number=1, **tried)
    room.see(cast.officer, "delivery.report", empty=True, number=1, **tried)
    under.report()
    under.answer(accepted=True)
    room.see(cast.officer, "delivery.payment", empty=True, number=1, **tried)
    room.see(cast.officer, "court_orders.record", empty=True, **tried)
    order = Ordered(OrderKind.PENALTY, clock.now().date(), "Court of Session", "P1/27", REASON)
    ordered.record(
        at, under.id, replace(order, penalty_minor=1_00), actor=under.officer, clock=clock
    )
    room.see(cast.approver, "court_orders.answer", empty=True, number=1, **tried)

    room.see(cast.lead, "gates.propose", empty=True, **tried)
    gate = gates.propose(
        at,
        under.id,
        [Found("People tried it.", Finding.PARTLY, "Four of six could.")],
        decision=Decision.GOES_ON,
        reason=REASON,
        actor=under.lead,
        clock=clock,
    )
    room.see(cast.approver, "gates.confirm", empty=True, **tried)
    gates.answer(
        at,
        under.id,
        gate_id=gate,
        confirmed=True,
        reason=REASON,
        actor=under.approver,
        clock=clock,
    )
    room.see(cast.officer, "delivery.close", empty=True)

    bought = sign(room, "3")
    room.see(cast.lead, "delivery.finish", empty=True, contract_id=bought)
    running.finish_one(at, bought, words="A map.", actor=under.lead, clock=clock)
    clock.instant += timedelta(days=200)
    room.see(cast.lead, "benefits.measure", empty=True, months=6)

    room.judge("delivery")


@pytest.mark.parametrize("step", [Step.SIGNED])
def test_pages_of_records_that_are_held_or_due_have_no_violation(room: Room) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, officer = journey.reference, journey.actor(cast.officer)
    when_due(journey, clock)
    keeping.propose(at, actor=officer, clock=clock)
    proposed = journey.session.scalars(select(Erasure.id)).one()
    room.see(cast.approver, "keeping.answer", empty=True, erasure_id=proposed)
    keeping.hold(at, reason=REASON, actor=officer, clock=clock)
    held = journey.session.scalars(select(LegalHold.id)).one()
    room.see(cast.approver, "keeping.lift", empty=True, hold_id=held)
    own_data.ask(cast.approver.id, clock=clock)
    asked = journey.session.scalars(select(OwnErasure.id)).one()
    room.see(cast.platform_admin, "own_data.decide", empty=True, request_id=asked)

    room.judge("keeping")

"""Contracts for paid work between two judged stages, while the challenge is being evaluated."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Stage
from challenges.stages.kinds import Payment, Property, StageKind
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, WrongMoment
from scoring.award import service as award
from scoring.award.contracts.queries import contracts_of, unsigned
from scoring.award.contracts.terms import Terms
from scoring.panel.lifecycle import Seat
from scoring.panel.models import Panel, PanelMember
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser
from tests.journeys import Journey, Step, a_cast, a_journey
from tests.staged import a_second_stage, go_on

FEE = 5_000_00
THREE_WEEKS = Terms(starts_on=date(2027, 1, 4), ends_on=date(2027, 1, 24))


@pytest.fixture
def journey(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Give a challenge from whose first stage both suppliers went on to paid exploration."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=2, ordinal=3)
    session.add(
        Stage(
            challenge_id=journey.challenge.id,
            ordinal=2,
            name="Exploration",
            kind=StageKind.EXPLORATION,
            suppliers=2,
            payment=Payment.FIXED,
            amount_minor=FEE,
            property=Property.SUPPLIER,
            price_model=PriceModel.FIXED_BUDGET,
            minimum_panel=3,
        )
    )
    session.commit()
    journey.to(Step.LOCKED)
    return journey


def sign(journey: Journey, bid: str, reference: str, value: int = FEE, work: str = "") -> None:
    award.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=value,
        terms=THREE_WEEKS,
        bid_reference=bid,
        work=work,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def test_each_supplier_that_goes_on_has_a_contract_for_the_published_fee(
    journey: Journey, session: Session, app: Flask
) -> None:
    with pytest.raises(WrongMoment):
        sign(journey, journey.own_bid, "E-1")
    go_on(journey)
    ((stage, open_ones),) = unsigned(session, journey.challenge, [])
    assert stage.ordinal == 1
    assert [each.work.name for each in open_ones if each.work] == ["Exploration"] * 2
    app.test_client_class = Browser
    client = app.test_client()
    sign_in(client, journey.cast.officer)
    board = client.get("/work").text
    assert "Record the contracts for the paid work" in board

    for value in (FEE + 1, FEE - 1):
        with pytest.raises(Invalid) as refused:
            sign(journey, journey.own_bid, "E-1", value)
        assert set(refused.value.fields) == {"value"}
    with pytest.raises(Invalid) as nobody:
        sign(journey, "", "E-1")
    assert set(nobody.value.fields) == {"bid"}
    verified, journey.cast.supplier.verified_at = journey.cast.supplier.verified_at, None
    session.commit()
    with pytest.raises(WrongMoment, match="not been verified"):
        sign(journey, journey.own_bid, "E-1")
    journey.cast.supplier.verified_at = verified
    session.commit()
    sign(journey, journey.own_bid, "E-1")
    # The same again in another window, and with the other supplier under the same reference.
    with pytest.raises(Invalid):
        sign(journey, journey.own_bid, "E-2")
    with pytest.raises(Invalid):
        sign(journey, journey.rival_bid, "e-1")
    sign(journey, journey.rival_bid, "E-2")

    session.expire_all()
    assert journey.challenge.state is State.EVALUATING
    kept = contracts_of(session, journey.challenge)
    assert [(each.contract.reference, each.notice) for each in kept] == [
        ("E-1", None),
        ("E-2", None),
    ]
    assert unsigned(session, journey.challenge, [each.contract for each in kept]) == []
    assert "Record the contracts for the paid work" not in client.get("/work").text
    page = client.get(f"/work/challenges/{journey.reference}/contracts").text
    assert page.count("Exploration") == 2
    assert journey.cast.rival.name in client.get("/work/records/contracts").text
    # Everybody may know of the work, and not yet with whom: a panel judges those two.
    register = f"/bodies/{journey.cast.body.id}/contracts"
    for told in (app.test_client().get(f"{register}{end}").text for end in ("", ".csv")):
        assert told.count("Not named while bids are judged") == 2
        assert journey.cast.supplier.name not in told
        assert journey.cast.rival.name not in told

    # One of that panel is not told by the pages of the work either, nor by what waits there.
    interview = next(each for each in journey.challenge.stages if each.ordinal == 3)
    interview.names_withheld = True
    session.add(Panel(stage_id=interview.id, named_at=journey.clock.now()))
    session.flush()
    lead = journey.cast.lead
    session.add(
        PanelMember(stage_id=interview.id, user_id=lead.id, seat=Seat.EVALUATOR, label="E1")
    )
    session.commit()
    contract = kept[0].contract.id
    base = f"/work/challenges/{journey.reference}/delivery"
    judging = app.test_client()
    sign_in(judging, lead)
    signed = base.replace("delivery", "contracts")
    for page in (base, f"{base}/{contract}", f"{base}/{contract}/gate", signed):
        assert judging.get(page).status_code == 403
    assert client.get(base).status_code == 200

"""Who goes on from a stage is decided again, until the next one begins: nothing before is lost."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityFinding
from challenges.lifecycle import State
from challenges.stages.running import stored_state
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.errors import WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.web.standings import line_of, standings
from scoring.award import log_checks
from scoring.award import service as award
from scoring.award.advancing import queries as advancing
from scoring.award.again import queries, service
from scoring.award.letters import service as letters
from scoring.award.queries import decision
from scoring.panel import service as panel
from scoring.panel.again.lifecycle import Point
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser, send
from tests.journeys import Journey, Step, a_cast, a_journey, hand_over_letters
from tests.staged import SecondStage, a_second_stage, go_on

WHY = "A page of one bid was missing from what the panel read."


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def gone_on(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Give a challenge from whose first stage one supplier went on; the other was told."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=1)
    journey.to(Step.LOCKED)
    go_on(journey)
    letters.send_now(journey.reference, actor=journey.actor(journey.cast.officer), clock=clock)
    hand_over_letters(session, clock)
    return journey


def propose(journey: Journey, point: Point) -> None:
    service.propose(
        journey.reference,
        point=point,
        named=(),
        complaint=None,
        reason=WHY,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def confirm(journey: Journey, *, confirmed: bool = True) -> None:
    actor = journey.actor(journey.cast.approver)
    stage = journey.challenge.stage
    found = decision(journey.session, stage)
    waiting = queries.standing(journey.session, stage, found, actor).waiting
    assert waiting is not None
    service.answer(
        journey.reference,
        proposal_id=waiting.id,
        confirmed=confirmed,
        reason="So it is.",
        actor=actor,
        clock=journey.clock,
    )


def told(journey: Journey, action: str) -> list[Mapping[str, Any]]:
    entries = log.chain_entries(journey.session, journey.reference)
    return [entry.fields for entry in entries if entry.action == action]


def subjects(journey: Journey, person: User) -> list[str]:
    found = select(Notice.subject).where(Notice.to_email == person.email).order_by(Notice.id)
    return list(journey.session.scalars(found))


def test_list_is_taken_back_in_a_browser_and_the_same_supplier_goes_on_anew(
    gone_on: Journey, client: FlaskClient, session: Session
) -> None:
    cast, hub = gone_on.cast, f"/work/challenges/{gone_on.reference}"
    work = f"{hub}/decision/again"
    first = advancing.confirmed(session, gone_on.challenge.stage.id)
    assert first is not None
    sign_in(client, cast.officer)
    assert work in client.get(f"{hub}/decision/advance").text
    assert "Decide again who goes on" in client.get(f"{hub}/decision").text
    fields = {"point": "recommendation", "complaint": "none", "reason": WHY}
    assert "the chair proposes again who goes on" in client.get(f"{work}/propose").text
    assert send(client, f"{work}/propose", fields).status_code == 303
    assert client.post(f"{work}/propose", data=fields).status_code == 409
    assert client.get(f"{work}/decide").status_code == 403
    sign_in(client, cast.approver)
    given = {"answer": "confirm", "reason": "So it is."}
    assert send(client, f"{work}/decide", given).status_code == 303

    stage, second = gone_on.challenge.stages
    (invited,) = session.scalars(select(Bid).where(Bid.stage_id == second.id))
    assert invited.state is BidState.WITHDRAWN
    assert stored_state(gone_on.challenge, stage) is State.EVALUATING
    assert advancing.confirmed(session, stage.id) is None
    assert WHY in client.get(work).text
    assert "taken back" in client.get(f"{hub}/decision/advance").text
    for person in (cast.supplier_admin, cast.rival_admin):
        assert any("decided again" in each for each in subjects(gone_on, person))
    sign_in(client, cast.rival_admin)
    outcome = client.get(f"/bids/{gone_on.rival_bid}/outcome").text
    assert "Who goes on is being decided again" in outcome
    assert "Who goes on is decided again" in client.get(f"/challenges/{gone_on.reference}").text

    gone_on.clock.instant += gone_on.clock.now().resolution
    go_on(gone_on)
    letters.send_now(gone_on.reference, actor=gone_on.actor(cast.officer), clock=gone_on.clock)
    session.expire_all()
    assert session.get_one(Bid, invited.id).state is BidState.INVITED
    anew = advancing.confirmed(session, stage.id)
    assert anew is not None
    assert anew.id != first.id
    # The list of before stays, with who made it and why it fell.
    (fallen,) = advancing.taken_back(session, stage.id)
    assert (fallen.id, fallen.withdrawal is not None) == (first.id, True)
    assert len(told(gone_on, "advance.confirmed")) == len(told(gone_on, "bids.invited")) == 2
    assert [each["point"] for each in told(gone_on, "advance.taken_back")] == ["recommendation"]
    assert list(log_checks.check(session.connection())) == []


def test_other_supplier_goes_on_where_eligibility_is_decided_again(
    gone_on: Journey, session: Session
) -> None:
    propose(gone_on, Point.ELIGIBILITY)
    confirm(gone_on)
    gone_on.clock.instant += gone_on.clock.now().resolution
    bids.decide_eligibility(
        gone_on.reference,
        gone_on.own_bid,
        finding=EligibilityFinding.INELIGIBLE,
        reason="Its certificate was not valid.",
        actor=gone_on.actor(gone_on.cast.officer),
        clock=gone_on.clock,
    )
    for person in gone_on.cast.evaluators:
        panel.submit_scores(gone_on.reference, actor=gone_on.actor(person), clock=gone_on.clock)
    chair = gone_on.actor(gone_on.cast.chair)
    panel.begin_moderation(gone_on.reference, actor=chair, clock=gone_on.clock)
    award.conclude_scoring(gone_on.reference, actor=chair, clock=gone_on.clock)
    go_on(gone_on)

    found = session.scalars(select(Bid).where(Bid.stage_id == gone_on.challenge.stages[1].id))
    assert {each.supplier_id: each.state for each in found} == {
        gone_on.cast.supplier.id: BidState.WITHDRAWN,
        gone_on.cast.rival.id: BidState.INVITED,
    }
    # The one whose invitation was taken back takes no part in the stage that begins now.
    second = SecondStage(gone_on)
    second.hear()
    second.judge({second.rival_bid: Decimal(3)})
    computed = decision(session, second.stage).computed
    assert computed is not None
    assert [row["id"] for row in computed.result["bids"]] == [second.rival_bid]


def test_list_stands_once_the_next_stage_has_begun_which_waits_for_an_answer(
    gone_on: Journey,
) -> None:
    propose(gone_on, Point.RECOMMENDATION)
    approver = gone_on.actor(gone_on.cast.approver)
    rows = gone_on.session.execute(standings(approver))
    lines = [line_of(row, approver, gone_on.clock.now()) for row in rows]
    assert "again.decide" in {step.endpoint for line in lines for step in line.steps}
    with pytest.raises(WrongMoment, match="answers that first"):
        SecondStage(gone_on).hear()
    gone_on.session.rollback()
    confirm(gone_on, confirmed=False)
    SecondStage(gone_on).hear()

    with pytest.raises(WrongMoment, match="What remains"):
        propose(gone_on, Point.SCORING)
    assert told(gone_on, "advance.taken_back") == []

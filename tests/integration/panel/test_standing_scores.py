"""A panel whose scores stand as each gave them: from the submission to the award report."""

import json
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.kinds import Combine
from marketplace.core.clock import FixedClock
from marketplace.core.errors import WrongMoment
from scoring import engine
from scoring.award import queries as awards
from scoring.panel import service as panel
from scoring.panel.models import ConsensusScore
from scoring.report import queries as reports
from scoring.report.check import check_report
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.challenges.browser import Browser
from tests.integration.recomputing.test_interests import decide, find, join
from tests.journeys import Journey, Step, a_cast, a_journey


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


def scores_of(journey: Journey, bid: str) -> dict[str, str]:
    """Give the combined score of each question of a bid, exactly."""
    found = awards.decision(journey.session, journey.challenge.stage)
    assert found.computed is not None
    row = next(row for row in found.computed.result["bids"] if row["id"] == bid)
    journey.session.rollback()
    return {
        key: cell["score"]["exact"]
        for key, cell in row["criteria"].items()
        if cell["source"] in ("mean", "median")
    }


def test_scores_stand_from_the_correction_to_the_report(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    cast = a_cast(session, clock.now())
    journey = a_journey(session, clock, cast, combine=Combine.MEAN).to(Step.SCORED)
    chair, (eva, edgar, elin) = actor_for(cast.chair), cast.evaluators
    reference, own = journey.reference, journey.own_bid
    # Until moderation begins a score can be corrected, and a real 0 is one.
    panel.correct_score(
        reference,
        "solves",
        own,
        value=Decimal(0),
        rationale="It answers another question.",
        reason="I had read the wrong bid.",
        actor=actor_for(edgar),
        clock=clock,
    )
    join(journey)
    journey.take(Step.MODERATING)

    base = f"/work/challenges/{reference}"
    sign_in(client, cast.chair)
    page = client.get(f"{base}/panel/moderation").text
    assert "These scores stand as each evaluator gave them" in page
    assert "average of its scores counts" in page
    assert "To agree" not in page
    assert page.index("<strong>3.00</strong> of 5") < page.index("<strong>3.25</strong> of 5")
    cell = client.get(f"{base}/panel/moderation/solves/{own}").text
    assert "their average counts" in cell
    assert "It answers another question." in cell
    assert "Agree one score" not in cell
    assert "Lock quality and see the result" in client.get(f"{base}/panel").text
    assert "the scores that count stand for good" in client.get(f"{base}/decision/conclude").text
    with pytest.raises(WrongMoment, match="stand as each evaluator gave them"):
        panel.record_consensus(
            reference,
            "solves",
            own,
            value=Decimal(3),
            rationale="We talked.",
            present=list(journey.labels.values()),
            actor=chair,
            clock=clock,
        )

    journey.take(Step.LOCKED)

    # 0, 4, 4 and 4; nobody agreed anything.
    assert scores_of(journey, own) == {"solves": "3", "team": "4"}
    assert session.scalar(select(func.count()).select_from(ConsensusScore)) == 0
    session.rollback()

    # An interest that is found later takes that evaluator's scores out, and all is computed again.
    find(journey, edgar)
    decide(journey, edgar)
    assert scores_of(journey, own) == {"solves": "4", "team": "4"}
    assert "Your decision" not in client.get(f"{base}/decision").text

    journey.take(Step.RECOMMENDED)
    journey.take(Step.INTENTION)
    told = reports.newest_facts(session, journey.challenge.stage.id)
    assert told is not None
    session.rollback()
    report = AwardReport.from_json(json.loads(told))
    check_report(report, engine.evaluate_document)
    assert "their average counts" in report.deciding_stage.method
    bid = next(each for each in report.deciding_stage.bids if each.reference == own)
    solves = next(each for each in bid.scores if each.criterion == "solves")
    assert solves.agreed is None
    assert not solves.present
    assert "It answers another question." not in str(solves.reason)
    public = public_edition(report)
    shown = next(each for each in public.deciding_stage.bids if each.reference == own)
    # Everybody's reason, and nobody's name or score.
    assert "Read afresh." in str(shown.scores[0].reason)
    assert "Elin" not in str(shown.scores[0].reason)
    assert not isinstance(shown.scores[0].individual, tuple)

    sign_in(client, cast.supplier_admin)
    outcome = client.get(f"/bids/{own}/outcome").text
    assert f"{eva.name}: good." in outcome
    assert f"{elin.name}: good." in outcome
    assert "It answers another question." not in outcome

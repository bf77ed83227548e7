"""A challenge whose bids are ranked by price for each point of quality, from publication on."""

import hashlib
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.log_words import OPENED
from challenges.kinds import PriceModel
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.colours import Brand
from scoring.award import queries
from scoring.award.low_prices import service as low_prices
from scoring.award.low_prices.policy import PriceFinding
from scoring.report.gather import full_report
from scoring.report.redacted_result import redact_result
from scoring.report.rendering import report_html
from scoring.report.values import Money
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser
from tests.journeys import OWN_PRICE, Journey, Step, a_cast, a_journey


@pytest.fixture
def ranked(session: Session, clock: FixedClock) -> Journey:
    """Have a draw part ties, and take the challenge to the intention to award."""
    journey = a_journey(
        session, clock, a_cast(session, NOW), price_model=PriceModel.PRICE_PER_POINT
    )
    stage = journey.challenge.stage
    stage.tie_break, stage.below_next = "draw", Decimal(20)
    journey.session.commit()
    journey.to(Step.LOCKED)
    # The detector flags the cheaper price, and nobody recommends before an officer has decided.
    low_prices.decide(
        journey.reference,
        journey.own_bid,
        finding=PriceFinding.NO_DOUBT,
        reason="The other price is for more than was asked.",
        actor=journey.actor(journey.cast.officer),
        clock=clock,
    )
    return journey.to(Step.INTENTION)


def root_of_leaves(leaves: list[bytes]) -> bytes:
    """Compute a Merkle root as RFC 6962 defines it, without the stored tree."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    parts = root_of_leaves(leaves[:half]) + root_of_leaves(leaves[half:])
    return hashlib.sha256(b"\x01" + parts).digest()


def test_ranking_by_price_holds_from_the_plan_to_letters_and_report(
    app: Flask, ranked: Journey
) -> None:
    app.test_client_class = Browser
    session, reference = ranked.session, ranked.reference
    challenge = ranked.challenge
    computed = queries.decision(session, challenge.stage).computed
    assert computed is not None
    assert computed.evaluation["method"]["ranking"] == "lowest_price_per_quality_point"
    rows = {row["id"]: row for row in computed.result["bids"]}
    own, rival = rows[ranked.own_bid], rows[ranked.rival_bid]
    assert (own["rank"], rival["rank"]) == (1, 2)
    # Its price over its points, which are all for quality.
    assert own["ranking_value"]["exact"] != own["total"]["exact"]

    client = app.test_client()
    sign_in(client, ranked.cast.approver)
    result = client.get(f"/work/challenges/{reference}/decision").text
    assert "Price for each point of quality" in result
    assert own["ranking_value"]["display"] in result

    assert "asks 33.3 % less than the next higher price." in result

    client = app.test_client()
    sign_in(client, ranked.cast.rival_admin)
    outcome = client.get(f"/bids/{ranked.rival_bid}/outcome").text
    assert rival["ranking_value"]["display"] in outcome

    public = client.get(f"/challenges/{reference}").text
    assert "The lowest price for each point comes first." in public
    assert "less than 50% of the points for quality cannot succeed" in public
    assert "a draw decides that anybody can check" in public


def test_report_of_a_ranking_by_price_shows_what_ranked_and_withholds_what_tells_a_losing_price(
    app: Flask, ranked: Journey
) -> None:
    with app.test_request_context():
        report = full_report(
            ranked.session, ranked.challenge.stage, number=1, now=ranked.clock.now(), notice=""
        )
        html = report_html(report, environment=app.jinja_env, brand=Brand())
    (stage,) = report.stages
    winner = next(bid for bid in stage.bids if bid.reference == ranked.own_bid)
    assert isinstance(winner.price, Money)
    assert winner.price.minor == OWN_PRICE
    assert "Ranking value, lowest first" in html
    assert "lowest price for each point" in stage.method
    redacted = redact_result(
        stage,
        ranked.own_bid,
        ground="x",
        show_rejections=False,
        written=lambda text, _bid: text,
    )
    values = {row["id"]: row["ranking_value"] for row in redacted["bids"]}
    assert values[ranked.rival_bid] == {"withheld": "x"}
    assert "exact" in values[ranked.own_bid]


def test_draw_starts_from_the_logs_root_at_the_opening(ranked: Journey) -> None:
    computed = queries.decision(ranked.session, ranked.challenge.stage).computed
    assert computed is not None
    entries = ranked.session.scalars(select(LogEntry).order_by(LogEntry.n)).all()
    opened = next(entry.n for entry in entries if entry.action == OPENED)
    leaves = [hashlib.sha256(b"\x00" + entry.body).digest() for entry in entries[: opened + 1]]

    assert computed.evaluation["draw_seed"] == root_of_leaves(leaves).hex()

"""A bid that was left out before anybody scored it comes back when eligibility is decided again."""

from decimal import Decimal

import pytest

from bids import service as bids
from bids.models import EligibilityFinding
from scoring.award import queries as awards
from scoring.award import service as award
from scoring.panel import parties
from scoring.panel import service as panel
from scoring.panel.again.lifecycle import Point
from scoring.panel.lifecycle import Measure
from tests.factories import actor_for
from tests.integration.after.test_again import take_again
from tests.journeys import QUESTIONS, Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the bids are opened."""
    return Step.OPENED


def test_bid_that_nobody_scored_comes_back_and_is_judged(journey: Journey) -> None:
    cast, clock, at = journey.cast, journey.clock, journey.reference
    officer, chair = actor_for(cast.officer), actor_for(cast.chair)

    def find(finding: EligibilityFinding) -> None:
        bids.decide_eligibility(
            at, journey.rival_bid, finding=finding, reason="So.", actor=officer, clock=clock
        )

    def score(bid: str) -> None:
        for person in cast.evaluators:
            actor = actor_for(person)
            for key in QUESTIONS:
                cell = {bid: panel.DraftCell(Decimal(4), "Good.")}
                panel.save_draft(at, key, cell, actor=actor, clock=clock)
            panel.submit_scores(at, actor=actor, clock=clock)
        panel.begin_moderation(at, actor=chair, clock=clock)
        for key in QUESTIONS:
            panel.record_consensus(
                at,
                key,
                bid,
                value=Decimal(4),
                rationale="Agreed.",
                present=list(journey.labels.values()),
                actor=chair,
                clock=clock,
            )
        award.conclude_scoring(at, actor=chair, clock=clock)

    find(EligibilityFinding.INELIGIBLE)
    panel.decide_interest(
        at,
        journey.labels[cast.evaluators[0].id],
        parties.key_of(cast.rival.name),
        measure=Measure.KEEP,
        reason="Long ago.",
        actor=chair,
        clock=clock,
    )
    panel.begin_scoring(at, actor=chair, clock=clock)
    score(journey.own_bid)
    for each in (Step.RECOMMENDED, Step.INTENTION):
        journey.take(each)
    take_again(journey, Point.ELIGIBILITY)
    find(EligibilityFinding.VALID)
    score(journey.rival_bid)
    found = awards.decision(journey.session, journey.challenge.stage)

    assert found.computed is not None
    ranked = {each["id"] for each in found.computed.result["bids"] if each["rank"]}
    assert ranked == {journey.own_bid, journey.rival_bid}

"""What a decision says of people who left the panel before scoring began."""

import json

import pytest
from sqlalchemy.orm import Session

from marketplace.core.permissions import Role
from scoring.panel import service as panel
from scoring.report import queries as reports
from scoring.report.facts import AwardReport
from tests.factories import a_person, no_interests
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the panel is ready and has not begun."""
    return Step.OPENED


def test_report_after_the_chair_was_replaced_names_who_recommended(
    journey: Journey, session: Session
) -> None:
    cast, clock = journey.cast, journey.clock
    coming = a_person(session, clock.now(), cast.body, Role.CHAIR, name="Nils Newchair")
    session.commit()
    journey.labels[coming.id] = panel.replace_member(
        journey.reference,
        journey.labels.pop(cast.chair.id),
        user_id=coming.id,
        reason="Left the body.",
        actor=journey.actor(cast.lead),
        clock=clock,
    )
    cast.chair = coming
    actor = journey.actor(coming)
    panel.accept_briefing(journey.reference, actor=actor, clock=clock)
    panel.declare_interests(
        journey.reference,
        no_interests(journey.session, journey.challenge),
        actor=actor,
        clock=clock,
    )

    journey.to(Step.INTENTION)

    facts = reports.newest_facts(session, journey.challenge.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    recommender = next(p for p in report.people if p.id == report.decision.recommended_by)
    assert recommender.name == "Nils Newchair"

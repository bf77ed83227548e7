"""What a decision says of a panel that changed while it scored: of who left after submitting, and
of one who joined for some criteria."""

import json
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.permissions import Role
from scoring.award.models import Result
from scoring.panel import service as panel
from scoring.panel.assigning import service as assigning
from scoring.panel.lifecycle import Seat
from scoring.panel.models import PanelMember, Score
from scoring.report import queries as reports
from scoring.report.facts import AwardReport
from scoring.report.values import Withheld
from tests.factories import a_person, no_interests
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when everybody has submitted and moderation has not begun."""
    return Step.SCORED


def test_scores_of_who_left_stay_on_record_and_reach_neither_result_nor_report(
    journey: Journey, session: Session
) -> None:
    cast, clock = journey.cast, journey.clock
    leaving = cast.evaluators[0]
    coming = a_person(session, clock.now(), cast.body, Role.EVALUATOR, name="Nils Newcomer")
    session.commit()
    left = journey.labels.pop(leaving.id)
    new = panel.replace_member(
        journey.reference,
        left,
        user_id=coming.id,
        reason="Changed job.",
        actor=journey.actor(cast.lead),
        clock=clock,
    )
    journey.labels[coming.id] = new
    actor = journey.actor(coming)
    panel.accept_briefing(journey.reference, actor=actor, clock=clock)
    panel.declare_interests(
        journey.reference,
        no_interests(journey.session, journey.challenge),
        actor=actor,
        clock=clock,
    )
    for key in ("solves", "team"):
        panel.save_draft(
            journey.reference,
            key,
            {
                bid: panel.DraftCell(journey.challenge.stage.criteria[0].max_score, "Read afresh.")
                for bid in (journey.own_bid, journey.rival_bid)
            },
            actor=actor,
            clock=clock,
        )
    panel.submit_scores(journey.reference, actor=actor, clock=clock)

    journey.to(Step.INTENTION)

    evaluation = session.scalars(select(Result.evaluation)).one().decode()
    assert new in {one["id"] for one in json.loads(evaluation)["evaluators"]}
    assert f'"{left}"' not in evaluation
    facts = reports.newest_facts(session, journey.challenge.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    person = next(person for person in report.people if person.id == left)
    assert person.role == "Evaluator, who left the panel"
    given = {
        score.evaluator
        for bid in report.stages[0].bids
        for cell in bid.scores
        if not isinstance(cell.individual, Withheld)
        for score in cell.individual
    }
    assert new in given
    assert left not in given
    kept = session.scalars(
        select(Score)
        .join(PanelMember, PanelMember.id == Score.member_id)
        .where(PanelMember.label == left)
    ).all()
    assert len(kept) == 4


def test_scores_of_who_scores_some_criteria_reach_the_result_with_these_alone(
    journey: Journey, session: Session
) -> None:
    cast, clock = journey.cast, journey.clock
    coming = a_person(session, clock.now(), cast.body, Role.EVALUATOR, name="Nils Newcomer")
    session.commit()
    lead, actor = journey.actor(cast.lead), journey.actor(coming)
    new = panel.add_member(
        journey.reference,
        user_id=coming.id,
        seat=Seat.EVALUATOR,
        reason="Knows lanterns.",
        actor=lead,
        clock=clock,
    )
    assigning.assign(
        journey.reference, new, keys=["solves"], expertise=None, actor=lead, clock=clock
    )
    panel.accept_briefing(journey.reference, actor=actor, clock=clock)
    panel.declare_interests(
        journey.reference,
        no_interests(journey.session, journey.challenge),
        actor=actor,
        clock=clock,
    )
    panel.save_draft(
        journey.reference,
        "solves",
        {bid: panel.DraftCell(Decimal(1), "x") for bid in (journey.own_bid, journey.rival_bid)},
        actor=actor,
        clock=clock,
    )
    panel.submit_scores(journey.reference, actor=actor, clock=clock)

    journey.to(Step.LOCKED)

    evaluation = json.loads(session.scalars(select(Result.evaluation)).one())
    assert {"id": new, "criteria": ["solves"]} in evaluation["evaluators"]
    cells = next(bid for bid in evaluation["bids"] if bid["id"] == journey.own_bid)["scores"]
    assert new in cells["solves"]["by_evaluator"]
    assert new not in cells["team"]["by_evaluator"]

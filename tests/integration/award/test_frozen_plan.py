"""Nothing is decided by other criteria than were published, whoever changed what is stored."""

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from challenges.frozen import PlanDiffers
from challenges.models import EvaluationPlan, Plan
from marketplace.core.database import db
from scoring.award.models import Result
from scoring.engine.canonical import canonical
from tests.integration.bids.damage import written_over
from tests.journeys import Journey, Step


def evaluation(held: bytes) -> dict[str, object]:
    """Change one weight in the stage's frozen criteria and method."""
    return {"canonical": held.replace(b'"weight":"', b'"weight":"1')}


def whole(held: bytes) -> dict[str, object]:
    """Change one weight in the plan."""
    return {"canonical": held.replace(b'"weight":"', b'"weight":"1')}


def names(held: bytes) -> dict[str, object]:
    """Change something else in the plan, so that it has another digest."""
    return {"canonical": held.replace(b'"names_withheld":false', b'"names_withheld":true')}


CHANGES = [(EvaluationPlan, evaluation), (Plan, whole), (Plan, names)]
Change = Callable[[bytes], dict[str, object]]


@pytest.mark.parametrize(("table", "change"), CHANGES)
@pytest.mark.parametrize("step", [Step.MODERATING])
def test_scoring_is_not_concluded_by_another_plan_than_was_published(
    journey: Journey, session: Session, table: type[EvaluationPlan | Plan], change: Change
) -> None:
    held = session.scalars(sa.select(table.canonical)).one()
    values = change(held)
    assert values["canonical"] != held
    session.rollback()

    with written_over(db.engine, table, sa.true(), values), pytest.raises(PlanDiffers):
        journey.to(Step.LOCKED)

    assert session.scalars(sa.select(Result)).all() == []


@pytest.mark.parametrize(("table", "change"), CHANGES)
@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_intention_is_not_announced_under_another_plan_than_was_published(
    journey: Journey, session: Session, table: type[EvaluationPlan | Plan], change: Change
) -> None:
    values = change(session.scalars(sa.select(table.canonical)).one())
    session.rollback()

    with written_over(db.engine, table, sa.true(), values), pytest.raises(PlanDiffers):
        journey.to(Step.INTENTION)


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_report_is_not_made_of_a_result_by_other_criteria(
    journey: Journey, session: Session
) -> None:
    document = json.loads(session.scalars(sa.select(Result.evaluation)).one())
    document["criteria"][0]["weight"] = "41"
    session.rollback()

    values = {"evaluation": canonical(document)}
    with (
        written_over(db.engine, Result, sa.true(), values),
        pytest.raises(PlanDiffers, match="computed by other criteria"),
    ):
        journey.to(Step.INTENTION)

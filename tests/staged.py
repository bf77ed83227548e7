"""Challenges whose suppliers go on from a first stage to a second one."""

from decimal import Decimal

from challenges.kinds import CriterionKind, PriceModel
from challenges.models import Criterion, ScaleDescriptor, Stage
from challenges.stages.kinds import Payment, Property, StageKind
from tests.journeys import Journey


def a_second_stage(journey: Journey, *, places: int) -> None:
    """Let `places` suppliers go on to an interview, into which the first result is carried."""
    session = journey.session
    stage = Stage(
        challenge_id=journey.challenge.id,
        ordinal=2,
        name="Interview",
        kind=StageKind.INTERVIEW,
        suppliers=places,
        payment=Payment.NONE,
        property=Property.SUPPLIER,
        price_model=PriceModel.FIXED_BUDGET,
        minimum_panel=3,
    )
    session.add(stage)
    session.flush()
    session.add(
        Criterion(
            stage_id=stage.id,
            ordinal=1,
            key="answers",
            kind=CriterionKind.QUALITY,
            title="Answers",
            question="How do you answer the panel?",
            guidance="Listen.",
            weight=Decimal(60),
            max_score=Decimal(5),
            descriptors=[
                ScaleDescriptor(score=Decimal(each), text=f"Level {each}") for each in range(6)
            ],
        )
    )
    session.add(
        Criterion(
            stage_id=stage.id,
            ordinal=2,
            key="application",
            kind=CriterionKind.CARRIED,
            title="Application",
            weight=Decimal(40),
            carried_stage=1,
        )
    )
    session.commit()

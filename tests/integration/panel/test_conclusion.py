"""That what the panel leaves behind can be computed, whatever happened on the way."""

from decimal import Decimal

from sqlalchemy.orm import Session

from scoring.award import service as award
from scoring.award.models import Result
from scoring.panel import service
from scoring.panel.lifecycle import Measure
from tests.conftest import NOW
from tests.factories import record_publication
from tests.integration.panel.conftest import Scene


def test_result_after_a_replacement_and_a_recusal_is_computed(
    scene: Scene, session: Session
) -> None:
    record_publication(session, NOW, scene.challenge)
    session.commit()
    scene.name(["eva", "evan", "evie", "evo"])
    service.replace_member(
        scene.reference,
        scene.label("evo"),
        user_id=scene.users["carl"].id,
        reason="Away for a month.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    for who in ("cher", "eva", "evan", "evie", "carl"):
        scene.brief(who)
        if who != "eva":
            scene.declare(who)
    scene.declare("eva", Acorn="My sister works there.")
    scene.decide("eva", "Acorn", Measure.RECUSE)
    scene.begin()
    for who in ("eva", "evan", "evie", "carl"):
        scene.submit(who)
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    for supplier in scene.bids:
        for key in ("solves", "team"):
            service.record_consensus(
                scene.reference,
                key,
                scene.bids[supplier],
                value=Decimal(3),
                rationale="All agreed.",
                present=[scene.label("cher"), scene.label("evan")],
                actor=scene.actor("cher"),
                clock=scene.clock,
            )
    award.conclude_scoring(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    assert session.query(Result).count() == 1

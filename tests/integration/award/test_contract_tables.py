"""Intentions and contracts in the tables: what was recorded before is kept, both ways."""

import pytest
import sqlalchemy as sa
from flask_migrate import downgrade, upgrade
from sqlalchemy.orm import Session

from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from tests.integration.whole.tables import add, differences, expected, rows, triggers, version
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the intention is announced."""
    return Step.INTENTION


def test_contract_of_before_rests_on_its_intention_and_goes_back(
    journey: Journey, session: Session, database_kind: str
) -> None:
    officer, announced = journey.cast.officer.id, rows("intention", "bid_id", "announced_at")
    (recommended,) = rows("intention", "recommendation_id")
    # The version before had no letters; what it cannot hold keeps a database from going back.
    for table in ("letter_message", "letter", "letter_batch"):
        session.execute(sa.text(f"DELETE FROM {table}"))
    session.commit()
    db.session.remove()
    downgrade(revision="0033")
    assert rows("intention", "bid_id", "announced_at") == announced
    ((stage, bid),) = rows("intention", "stage_id", "bid_id")
    add(
        "contract",
        stage_id=stage,
        bid_id=bid,
        reference="C-1",
        value_minor=1,
        signed_at=journey.clock.now(),
        recorded_by_id=officer,
    )

    upgrade()

    assert rows("contract", "reference", "recommendation_id") == [("C-1", *recommended)]
    assert rows("contract", "work_stage_id", "starts_on") == [(None, None)]
    assert triggers(session) == expected(database_kind)
    assert differences(session) == []
    db.session.remove()

    downgrade(revision="0033")
    assert rows("contract", "reference") == [("C-1",)]
    assert triggers(session)["contract"] == expected(database_kind)["contract"]
    upgrade()

    add(
        "intention_withdrawal",
        recommendation_id=recommended[0],
        reason="Something was missed.",
        withdrawn_by_id=officer,
        withdrawn_at=journey.clock.now(),
    )
    newest = version()
    with pytest.raises(WrongMoment, match="Nothing was changed"):
        downgrade(revision="0033")
    assert version() == newest

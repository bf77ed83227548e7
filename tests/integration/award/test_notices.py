"""The award notice, and the notice of a change of the contract."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.notices.models import NoticeRecord
from scoring.award.contracts.changing import ChangeKind
from scoring.award.contracts.models import ContractChange
from scoring.award.contracts.queries import contracts_of
from tests.conftest import sign_in
from tests.integration.challenges.browser import send
from tests.journeys import OWN_PRICE, Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


def test_award_notice_tells_supplier_value_and_bids_and_is_recorded(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    sign_in(client, journey.cast.officer)
    path = f"/work/challenges/{journey.reference}/decision/notice"

    text = client.get(f"{path}?as=text").text
    assert f"without VAT (GBP)\n{OWN_PRICE / 100:.2f}" in text
    today = journey.clock.instant
    recorded = send(
        client,
        path,
        {"reference": "JAN1", "published_on": [str(today.day), str(today.month), str(today.year)]},
    )
    assert recorded.status_code == 303
    assert session.scalars(select(NoticeRecord.kind)).all() == ["award"]
    assert "Award notice JAN1" in client.get(f"/challenges/{journey.reference}").text


def test_hub_asks_for_the_award_notice_only_where_the_rules_do(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    sign_in(client, journey.cast.officer)
    wanted = "Publish the award notice, and record it"
    challenge = session.scalars(
        select(Challenge).where(Challenge.reference == journey.reference)
    ).one()

    page = client.get(f"/work/challenges/{journey.reference}").text

    assert challenge.stage.plan is not None
    assert (wanted in page) is (challenge.stage.plan.band != "below_act")
    assert "it is overdue" not in page
    journey.clock.instant += timedelta(days=31)
    sign_in(client, journey.cast.officer)
    assert f"{wanted}: it is overdue" in client.get("/work").text


def test_board_asks_for_the_notice_of_a_change_that_is_published_by_its_ground(
    client: FlaskClient, session: Session, journey: Journey
) -> None:
    wanted = "Publish the notice of a changed contract"
    contract = contracts_of(session, journey.challenge)[0].contract
    for number, ground in ((1, "foreseen"), (2, "unforeseen")):
        sign_in(client, journey.cast.officer)
        assert wanted not in client.get("/work").text
        session.add(
            ContractChange(
                contract_id=contract.id,
                number=number,
                kind=ChangeKind.SCOPE,
                what="More.",
                why="They asked.",
                ground=ground,
                value_before_minor=OWN_PRICE,
                value_after_minor=OWN_PRICE,
                described_by_id=journey.cast.officer.id,
                described_at=journey.clock.now(),
            )
        )
        session.commit()
    assert wanted in client.get("/work").text

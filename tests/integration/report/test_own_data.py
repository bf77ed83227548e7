"""People have what is held of them erased: the account at once, the name when nothing keeps it."""

import uuid

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden
from marketplace.core.notices.models import Notice
from scoring.records.keeping import service as keeping
from scoring.records.own_data import service as own_data
from scoring.records.own_data.models import OwnErasure, OwnErasureEnd
from tests.conftest import sign_in
from tests.integration.report.test_keeping import confirm, damage, when_due
from tests.journeys import Journey, Step

YOURS, THEIRS = "/account/your-data", "/admin/personal-data"


@pytest.fixture
def step() -> Step:
    return Step.SIGNED


def test_account_goes_at_once_and_the_name_with_the_last_records_that_hold_it(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    due = when_due(journey, clock)
    person, admin = journey.cast.evaluators[0], journey.cast.platform_admin
    person_id, name, address = person.id, person.name, person.email
    sign_in(client, person)
    assert "Your data" in client.get("/account").text
    page = client.get(YOURS).text
    assert journey.challenge.title in page
    assert due.strftime("%Y") in page
    assert client.post(YOURS, data={}).status_code == 422
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    assert client.post(YOURS, data={"sure": "y"}).status_code == 409
    assert client.post(f"{YOURS}/take-back").status_code == 303
    assert client.post(f"{YOURS}/take-back").status_code == 409
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    assert client.get(THEIRS).status_code == 403

    sign_in(client, admin)
    assert "Decide who has their personal data erased" in client.get("/work").text
    path = f"{THEIRS}/{session.scalars(sa.select(OwnErasure.id).where(waits())).one()}"
    assert path in client.get(THEIRS).text
    assert client.post(path, data={"answer": "grant", "reason": " "}).status_code == 422
    assert client.post(path, data={"answer": "grant", "reason": "As asked."}).status_code == 303
    assert client.post(path, data={"answer": "grant", "reason": "As asked."}).status_code == 409
    session.expire_all()
    assert (person.name, person.active, person.password) == (name, False, None)
    assert address not in person.email
    assert all(each.ended_at for each in person.memberships)
    told = session.scalars(sa.select(Notice).where(Notice.user_id == person_id)).all()
    assert any("As asked." in each.text for each in told)
    session.rollback()

    clock.instant += own_data.MESSAGES_STAY
    own_data.follow_up({}, clock)
    session.expire_all()
    assert {
        each.text for each in session.scalars(sa.select(Notice)) if each.user_id == person_id
    } == {""}
    assert person.name == name
    session.rollback()
    keeping.erase(confirm(journey, clock), clock)
    own_data.follow_up({}, clock)
    session.expire_all()
    assert person.name.startswith("[Erased on ")
    values = session.scalars(
        sa.select(LogDetail.value)
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .where(LogEntry.chain == "site")
    ).all()
    assert not any(name in each.decode() or str(person_id) in each.decode() for each in values)
    session.rollback()
    assert damage() == []


def waits() -> sa.ColumnElement[bool]:
    return ~sa.exists().where(OwnErasureEnd.request_id == OwnErasure.id)


def test_nobody_goes_whom_others_need_and_nobody_decides_for_themselves(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    sign_in(client, journey.cast.supplier_admin)
    page = client.get(YOURS).text
    assert "Nobody else looks after the people" in page
    assert client.post(YOURS, data={"sure": "y"}).status_code == 409
    sign_in(client, journey.cast.approver)
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303
    request_id = session.scalars(sa.select(OwnErasure.id)).one()
    session.rollback()
    with pytest.raises(Forbidden):
        own_data.decide(
            request_id,
            grants=False,
            reason="Mine.",
            actor=journey.actor(journey.cast.approver),
            clock=clock,
        )
    sign_in(client, journey.cast.platform_admin)
    refused = {"answer": "refuse", "reason": "<b>A court asked for it</b>"}
    assert client.post(f"{THEIRS}/{request_id}", data=refused).status_code == 303
    assert client.get(f"{THEIRS}/{uuid.UUID(int=0)}").status_code == 404
    sign_in(client, journey.cast.approver)
    assert "&lt;b&gt;A court asked" in client.get(YOURS).text
    assert client.post(YOURS, data={"sure": "y"}).status_code == 303

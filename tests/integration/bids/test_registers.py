"""A register is asked after a number was saved; what it says is shown, and refuses nothing."""

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.passport import queries, readings, service
from bids.passport.kinds import Subject
from bids.passport.models import RegisterReading
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Role
from tests import companies_house
from tests.conftest import NOW, count_statements, make_settings, sign_in
from tests.factories import a_person, a_supplier, actor_for
from tests.integration.bids.conftest import Scene
from tests.integration.challenges.browser import hidden_fields, send
from tests.journeys import open_the_bids

HERE = "/organisation/passport/identity"
USE = f"{HERE}/register"
IDENTITY = {
    "kind": "company",
    "legal_name": "Made-up Lamps",
    "company_number": "sc 123456",
    "address": "9 Elsewhere Road",
    "contact": "Sales",
    "email": "sales@example.org",
}


@pytest.fixture
def house() -> Iterator[companies_house.CompaniesHouse]:
    with companies_house.standing_in() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, database_url: str, house: companies_house.CompaniesHouse) -> Settings:
    return make_settings(
        tmp_path / "data",
        database_url,
        companies_house_key=companies_house.KEY,
        companies_house_url=house.at,
    )


def work(clock: FixedClock) -> None:
    while jobs.run_due(clock):
        pass


def shown(client: FlaskClient, path: str = HERE) -> str:
    return unescape(client.get(path).text)


def test_supplier_sees_what_the_register_says_and_takes_it_over(
    session: Session, client: FlaskClient, clock: FixedClock, house: companies_house.CompaniesHouse
) -> None:
    supplier = a_supplier(session, NOW)
    sign_in(client, a_person(session, NOW, supplier, Role.SUPPLIER_CONTRIBUTOR))

    saved = send(client, HERE, IDENTITY)
    assert saved.headers["Location"] == f"{HERE}#register"
    # No page asks: the sweeper does.
    assert "The register is asked about SC123456 now" in shown(client)
    assert house.asked == []
    work(clock)
    page = shown(client)
    assert house.asked == ["/company/SC123456"]
    assert "The register has another legal name." in page
    assert "MADE-UP LANTERNS LIMITED" in page
    assert "another than the registered office" in page
    assert "A register says something else" in shown(client, "/organisation/passport")

    assert client.post(USE, data={"seen": "of an older page"}).status_code == 303
    assert "Somebody else answered this" in shown(client)
    beside = page[page.index('id="register"') : page.index("</section>")]
    assert client.post(USE, data=hidden_fields(beside)).status_code == 303
    values = queries.passport_of(session, supplier.id).answers[Subject.IDENTITY].values
    assert values["legal_name"] == "MADE-UP LANTERNS LIMITED"
    assert values["address"] == "1 Fictional Street\nDundee\nDD1 1AA"
    assert values["contact"] == "Sales"
    page = shown(client)
    assert "This agrees with your answer." in page
    assert USE not in page
    assert house.asked == ["/company/SC123456"]


def test_register_that_is_away_blocks_nothing_and_is_asked_again(
    session: Session, client: FlaskClient, clock: FixedClock, house: companies_house.CompaniesHouse
) -> None:
    supplier = a_supplier(session, NOW)
    person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    session.commit()
    actor = actor_for(person)
    sign_in(client, person)
    house.says = (500, b"")
    service.answer(Subject.IDENTITY, IDENTITY, actor=actor, clock=clock)
    work(clock)
    assert "It gave no answer at" in shown(client)
    with pytest.raises(WrongMoment):
        service.use_register(seen="", actor=actor, clock=clock)
    house.says = None
    house.profiles["SC123456"]["company_status"] = "dissolved"
    clock.instant += jobs.RETRY_AFTER[0]
    work(clock)
    page = shown(client)
    assert "dissolved or closed" in page
    # Away once more, it still counts what it said before.
    house.says = (500, b"")
    service.answer(Subject.IDENTITY, IDENTITY | {"contact": "Bo"}, actor=actor, clock=clock)
    work(clock)
    assert "dissolved or closed" in shown(client)
    # Another number has said nothing yet.
    other = IDENTITY | {"company_number": "01234567"}
    service.answer(Subject.IDENTITY, other, actor=actor, clock=clock)
    assert "The register is asked about 01234567 now" in shown(client)
    house.says = None
    work(clock)
    assert "The register does not know this number." in shown(client)


def test_answer_given_anew_before_the_register_was_asked_is_asked_about_once(
    session: Session, clock: FixedClock, house: companies_house.CompaniesHouse
) -> None:
    actor = actor_for(a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN))
    session.commit()
    service.answer(Subject.IDENTITY, IDENTITY, actor=actor, clock=clock)
    without = {**IDENTITY, "kind": "sole_trader", "company_number": ""}
    service.answer(Subject.IDENTITY, without, actor=actor, clock=clock)
    service.answer(Subject.CLIMATE, {"plan": "no"}, actor=actor, clock=clock)
    work(clock)
    assert house.asked == []
    assert session.scalar(select(func.count()).select_from(RegisterReading)) == 0
    (stands,) = queries.history(session, actor.organisation_id, Subject.IDENTITY, 1)
    assert readings.of_answer(session, actor.organisation_id, stands.values) is None


def test_officer_who_decides_reads_what_the_register_says_and_is_not_bound_by_it(
    session: Session,
    client: FlaskClient,
    clock: FixedClock,
    house: companies_house.CompaniesHouse,
    scene: Scene,
) -> None:
    house.profiles["SC123456"]["company_status"] = "liquidation"
    service.answer(Subject.IDENTITY, IDENTITY, actor=scene.admin, clock=clock)
    work(clock)
    bid = scene.written_bid(clock)
    bids.submit_bid(bid, actor=scene.admin, arrived=NOW, clock=clock)
    clock.instant = scene.closes_at + timedelta(minutes=1)
    open_the_bids(scene.challenge.reference, scene.officer(0), scene.officer(1), clock=clock)
    sign_in(client, scene.officers[0])
    path = f"/work/challenges/{scene.challenge.reference}/bids/{bid}/eligibility"

    with count_statements(session) as statements:
        page = shown(client, path)

    # Those of any page of an opened bid, as they are counted elsewhere.
    assert len(statements) <= 14, "\n".join(statements.statements)
    assert "MADE-UP LANTERNS LIMITED: in insolvency proceedings." in page
    assert "another name than the supplier gave" in page
    valid = {"finding": "valid", "reason": "Trading under the administrator."}
    assert send(client, path, valid).status_code == 303

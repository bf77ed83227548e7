"""A body's purchases as one table: flags from what happened, files, a sample; nobody else's."""

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from scoring.records import sampling
from scoring.records.flags import BY_ACTION, Flag
from scoring.records.periods import Basis, financial_year
from scoring.records.population import population
from tests.conftest import count_statements, sign_in
from tests.factories import a_challenge, a_person, actor_for
from tests.journeys import Journey, Step

WORK = "/work/records"


def entries(session: Session, action: str) -> list[LogEntry]:
    session.rollback()
    wanted = sa.select(LogEntry).where(LogEntry.action == action).order_by(LogEntry.n)
    return list(session.scalars(wanted))


@pytest.fixture
def step() -> Step:
    return Step.SIGNED


def test_auditor_finds_flags_takes_files_and_draws_a_sample(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    """From the dashboard to the table, its files, and a sample that can be drawn again."""
    reference, cast = journey.reference, journey.cast
    # A flag that rests on an entry which nobody can write would never be raised.
    assert set(BY_ACTION) <= log.recorded_actions()
    log.append(session, clock=clock, action="deadline.extended", chain=reference)
    supplier = session.get_one(Organisation, cast.supplier.id)
    supplier.name = "=HYPERLINK(1) Fictional Ltd"
    session.commit()
    sign_in(client, cast.auditor)

    assert f'href="{WORK}"' in client.get("/work").text
    year = financial_year(journey.began.year).first.year
    page = client.get(f"{WORK}/purchases?year={year}").text
    assert "Deadline moved (1)" in page
    assert f'href="/work/challenges/{reference}/log">Deadline moved' in page
    assert reference not in client.get(f"{WORK}/purchases?flag=complaint").text
    assert [entry.fields["count"] for entry in entries(session, "purchases.read")] == [1, 1]

    content = client.get(f"{WORK}/purchases.csv?year={year}")
    (row,) = csv.DictReader(io.StringIO(content.data.decode("utf-8-sig")))
    assert (row["Reference"], row["Deadline moved"], row["One bid"]) == (reference, "1", "0")
    assert row["Suppliers"].startswith("'=HYPERLINK")
    book = load_workbook(io.BytesIO(client.get(f"{WORK}/annual.xlsx?year={year}").data))
    assert book.sheetnames == ["Summary", "Regulated purchases"]
    taken = entries(session, "purchases.exported")
    assert [entry.fields["what"] for entry in taken] == ["purchases.csv", "annual.xlsx"]

    untried = client.get(f"{WORK}/sample?year={year}&seed=4+2+6&size=5").text
    assert reference not in untried
    drawn = client.post(f"{WORK}/sample?year={year}", data={"seed": "4 2 6", "size": "5"})
    assert drawn.status_code == 303
    assert reference in client.get(drawn.location).text
    (entry,) = entries(session, "purchases.sampled")
    assert entry.fields["drawn"] == reference
    assert entry.fields["population_sha256"] == sampling.population_digest([reference])
    refused = client.post(f"{WORK}/sample", data={"seed": "", "size": "500"})
    assert refused.status_code == 422
    assert "from 1 to 200" in client.post(f"{WORK}/sample", data={"seed": "1", "size": "500"}).text


def test_lists_are_the_bodys_own_and_the_register_is_everybodys(
    client: FlaskClient, journey: Journey
) -> None:
    cast = journey.cast
    public = f"/bodies/{cast.body.id}/contracts"
    assert "Specimen Fictional Lanterns Ltd" in client.get(public).text
    assert b"Specimen Fictional Lanterns Ltd" in client.get(f"{public}.csv").data
    for person in (cast.other_officer, cast.other_auditor):
        sign_in(client, person)
        for path in ("purchases", "purchases.csv", "contracts", "contracts.csv", "annual.csv"):
            answer = client.get(f"{WORK}/{path}")
            assert answer.status_code == 200
            assert journey.reference not in answer.text
    for person in (cast.lead, cast.approver, cast.supplier_admin):
        sign_in(client, person)
        assert client.get(f"{WORK}/purchases").status_code == 403
    sign_in(client, cast.officer)
    assert client.post(f"{WORK}/sample", data={"seed": "1", "size": "1"}).status_code == 403


def test_population_of_many_is_read_in_as_many_statements_as_of_few(
    session: Session, journey: Journey, clock: FixedClock
) -> None:
    body = session.get_one(Organisation, journey.cast.body.id)
    lead = a_person(session, clock.now(), body, Role.CHALLENGE_LEAD)
    officer = actor_for(journey.cast.officer)
    period = replace(financial_year(clock.now().year), first=journey.began.date())
    counts = []
    for number in (2, 20):
        for _ in range(number):
            a_challenge(session, clock.now(), body, lead, State.OPEN)
        session.commit()
        with count_statements(session) as counter:
            found = population(session, officer, period, Basis.PUBLISHED, clock.now())
        counts.append((len(found), len(counter)))

    assert [found for found, _statements in counts] == [3, 23]
    assert counts[0][1] == counts[1][1] <= 14
    still_open = [row for row in found if row.state is State.OPEN]
    # Before the closing nobody is told how many bids there are.
    assert {row.bids for row in still_open} == {None}


def test_challenge_without_a_bid_and_one_that_was_stopped_are_flagged(
    session: Session, journey: Journey, clock: FixedClock
) -> None:
    body = session.get_one(Organisation, journey.cast.body.id)
    lead = a_person(session, clock.now(), body, Role.CHALLENGE_LEAD)
    none = a_challenge(session, clock.now(), body, lead, State.CLOSED)
    stopped = a_challenge(session, clock.now(), body, lead, State.STOPPED)
    session.execute(
        sa.update(Challenge).where(Challenge.id == stopped.id).values(ended_at=clock.now())
    )
    session.commit()
    period = replace(financial_year(clock.now().year), first=journey.began.date())
    officer = actor_for(journey.cast.officer)

    found = {
        row.reference: row.flags
        for row in population(session, officer, period, Basis.PUBLISHED, clock.now())
    }
    decided = population(session, officer, period, Basis.DECIDED, clock.now() + timedelta(days=1))

    assert Flag.NO_BID in found[none.reference]
    assert {Flag.NO_BID, Flag.NO_AWARD} == set(found[stopped.reference])
    assert {row.reference for row in decided} == {journey.reference, stopped.reference}

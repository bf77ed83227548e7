"""The case file of a signed challenge: made by a job, checkable, and for each what is theirs."""

import hashlib
import io
import zipfile
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.audit import checkpoints
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.transaction import transaction
from scoring.records.casefile import service, tables
from scoring.records.casefile.models import CaseFile
from tests.conftest import sign_in
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    return Step.SIGNED


def make(client: FlaskClient, journey: Journey, clock: FixedClock) -> zipfile.ZipFile:
    path = f"/work/challenges/{journey.reference}/case-file"
    assert client.post(path).status_code == 303
    made, number = journey.session.execute(
        sa.select(CaseFile.id, CaseFile.number).order_by(CaseFile.number.desc()).limit(1)
    ).one()
    # That job alone: printing the report takes long, and the file is made without it too.
    service.make({"case_file": str(made)}, clock)
    answer = client.get(f"{path}/{number}.zip")
    assert answer.status_code == 200
    assert int(answer.headers["Content-Length"]) == len(answer.data)
    return zipfile.ZipFile(io.BytesIO(answer.data))


def test_auditor_has_the_whole_file_and_an_officer_what_is_not_for_auditors_alone(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock
) -> None:
    with transaction() as writing:
        checkpoints.make(writing, clock=clock)
    sign_in(client, journey.cast.auditor)
    whole = make(client, journey, clock)

    for line in whole.read("SHA256SUMS").decode().splitlines():
        digest, path = line.split("  ")
        assert hashlib.sha256(whole.read(path)).hexdigest() == digest
    names = set(whole.namelist())
    bids = {f"bids/{bid}/bid-1.json" for bid in (journey.own_bid, journey.rival_bid)}
    assert bids <= names
    assert {"records/score.csv", "log/log.json", "report/stage-1-2-facts.json"} <= names
    assert journey.own_bid in whole.read("records/contract.csv").decode()
    letters = [name for name in names if name.startswith("letters/")]
    assert all(bid in "".join(letters) for bid in (journey.own_bid, journey.rival_bid))
    assert all(whole.read(name).startswith(b"%PDF-") for name in letters)
    assert "in pence" in whole.read("index.html").decode()
    assert "Private notes" not in "".join(names)
    last = chain_entries(session, journey.reference)[-2:]
    assert [entry.action for entry in last] == ["case_file.made", "case_file.downloaded"]

    sign_in(client, journey.cast.officer)
    page = f"/work/challenges/{journey.reference}/case-file"
    assert client.get(f"{page}/1.zip").status_code == 403
    part = make(client, journey, clock)
    kept_back = {"records/score.csv", "report/stage-1-2-facts.json"}
    assert not kept_back & set(part.namelist())
    assert not any(name.startswith("results/") for name in part.namelist())
    assert "For the body’s auditors alone" in part.read("index.html").decode()
    for person in (journey.cast.other_auditor, journey.cast.other_officer):
        sign_in(client, person)
        assert client.get(page).status_code == client.get(f"{page}/2.zip").status_code == 404
        assert client.post(page).status_code == 404


def test_worker_that_is_killed_leaves_nothing_and_the_file_is_made_once(
    app: Flask,
    journey: Journey,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    officer = journey.actor(journey.cast.officer)
    number = service.ask(journey.reference, actor=officer, clock=clock)
    assert service.ask(journey.reference, actor=officer, clock=clock) == number
    payload = {"case_file": str(session.scalars(sa.select(CaseFile.id)).one())}
    before = set(app.extensions["files"].folder.rglob("*"))
    session.rollback()

    def killed(*_args: object, **_more: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("scoring.records.casefile.writing._index_csv", killed)
        with pytest.raises(KeyboardInterrupt):
            service.make(payload, clock)
    session.rollback()
    assert set(app.extensions["files"].folder.rglob("*")) == before

    service.make(payload, clock)
    service.make(payload, clock)
    session.rollback()
    row = session.scalars(sa.select(CaseFile)).one()
    made = [e for e in chain_entries(session, journey.reference) if e.action == "case_file.made"]
    assert (len(made), row.parts) == (1, row.parts_all)
    path = app.extensions["files"].path(row.stored_sha256)
    assert path.exists()

    clock.instant += service.KEPT_FOR + timedelta(minutes=1)
    service.discard(payload, clock)
    session.rollback()
    assert not path.exists()
    assert session.scalars(sa.select(CaseFile)).one().sha256 is not None


def test_every_table_that_leads_to_a_challenge_is_found_by_whole_keys(app: Flask) -> None:
    """So no row of another challenge can be among them."""
    found = tables.reached()

    assert tables.LEFT_OUT.keys() | tables.AUDITORS_ONLY | tables.HIDDEN.keys() <= set(found)
    for each in found.values():
        if each.key is not None:
            referred = {element.column.name for element in each.key.elements}
            table = each.key.referred_table
            keys = [set(table.primary_key.columns.keys())] + [
                {column.name for column in constraint.columns}
                for constraint in table.constraints
                if isinstance(constraint, sa.UniqueConstraint)
            ]
            assert any(key <= referred for key in keys), each.table.name

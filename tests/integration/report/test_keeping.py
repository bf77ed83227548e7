"""Records whose time is over are erased once a second person confirms, and the log still holds."""

import itertools
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.models import OpenedSubmission, Submission
from bids.opened import opened_bids
from marketplace.core.audit import verifying
from marketplace.core.audit.log import chain_entries
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from marketplace.core.dates import months_after
from marketplace.core.erased.models import ErasedFile, ErasedRow
from marketplace.core.errors import Forbidden, WrongMoment
from marketplace.core.files.store import DamagedFile
from marketplace.core.regimes.shapes import Kept
from marketplace.core.transaction import transaction
from scoring.award.delivery.lifecycle import Outcome
from scoring.award.delivery.models import WorkEnd
from scoring.award.models import Contract
from scoring.panel.models import ConsensusScore, Score
from scoring.records.casefile.tables import reached
from scoring.records.keeping import contents, erasing, queries, service
from scoring.records.keeping.models import Erasure, ErasureRun, LegalHold
from scoring.report.models import FrozenReport
from tests.conftest import sign_in
from tests.journeys import Journey, Step


@pytest.fixture
def step() -> Step:
    return Step.SIGNED


@pytest.fixture
def due(journey: Journey, clock: FixedClock) -> datetime:
    """Move the clock to the day on which the last time is over; give that instant."""
    return when_due(journey, clock)


def when_due(journey: Journey, clock: FixedClock) -> datetime:
    """End the work, and move the clock to the day on which the last time is over."""
    session = journey.session
    _end_work(session, journey, clock)
    session.commit()
    day = queries.line_of(session, journey.challenge).keeps.due_on
    assert day is not None
    assert day > months_after(clock.now().date(), 35)
    clock.instant = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return clock.instant


def _end_work(session: Session, journey: Journey, clock: FixedClock) -> None:
    for contract_id in session.scalars(sa.select(Contract.id)).all():
        session.add(
            WorkEnd(
                contract_id=contract_id,
                outcome=Outcome.COMPLETED,
                words="All was done.",
                ended_at=clock.now(),
                recorded_by_id=journey.cast.officer.id,
            )
        )


def damage() -> list[str]:
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


def confirm(journey: Journey, clock: FixedClock) -> dict[str, Any]:
    service.propose(journey.reference, actor=journey.actor(journey.cast.officer), clock=clock)
    erasure_id = journey.session.scalars(sa.select(Erasure.id)).one()
    journey.session.rollback()
    service.answer(
        journey.reference,
        erasure_id,
        confirmed=True,
        reason="The time is over.",
        actor=journey.actor(journey.cast.approver),
        clock=clock,
    )
    return {"erasure": str(erasure_id)}


def test_records_are_erased_and_everything_else_verifies(
    app: Flask,
    client: FlaskClient,
    journey: Journey,
    session: Session,
    clock: FixedClock,
    due: datetime,
) -> None:
    """Whatever step a worker is killed at: who goes on finds the rest, and nothing goes twice."""
    before = {e.n: e.body for e in chain_entries(session, journey.reference)}
    envelopes = session.scalars(sa.select(Submission.sha256)).all()
    rationale = session.scalars(sa.select(Score.rationale)).first()
    assert rationale
    written = words_of(session, journey.challenge.id)
    assert {"recommendation", "sign_off", "score", "consensus_score"} <= {
        name for name, _words in written
    }
    payload = confirm(journey, clock)

    killed_at(3, payload, clock)
    killed_at(30, payload, clock)
    service.erase(payload, clock)
    service.erase(payload, clock)
    session.rollback()

    assert set(session.scalars(sa.select(OpenedSubmission.document))) == {b""}
    for text in (
        *session.scalars(sa.select(Score.rationale)),
        *session.scalars(sa.select(ConsensusScore.rationale)),
    ):
        assert text.startswith("[Erased on ")
    assert all(
        rationale.encode() not in facts for facts in session.scalars(sa.select(FrozenReport.facts))
    )
    assert not any(app.extensions["files"].path(sha256).exists() for sha256 in envelopes)
    assert set(envelopes) <= set(session.scalars(sa.select(ErasedFile.sha256)))
    entries = chain_entries(session, journey.reference)
    assert {e.n: e.body for e in entries if e.n in before} == before
    assert {e.actor_name for e in entries if e.n in before} == {None}
    assert [e.action for e in entries].count("records.erased") == 1
    run = session.scalars(sa.select(ErasureRun)).one()
    assert run.rows == session.scalar(sa.select(sa.func.count()).select_from(ErasedRow))
    assert damage() == []
    assert still_held(session, {words for _name, words in written}) == set()

    (bid, _other) = opened_bids(session, journey.challenge.stage.id)
    assert (bid.erased, bid.intact, bid.readable) == (True, True, False)
    assert client.get(f"/awards/{journey.reference}").status_code == 200
    sign_in(client, journey.cast.auditor)
    work = f"/work/challenges/{journey.reference}"
    for path in (f"{work}/decision", f"{work}/bids", f"{work}/bids/{bid.reference}", f"{work}/log"):
        assert client.get(path).status_code == 200, path
    assert "was erased" in client.get(f"{work}/bids/{bid.reference}").text
    assert "Erased on" in client.get(f"{work}/keeping").text
    assert client.get(f"/awards/{journey.reference}/report-full.pdf").status_code == 409
    store = app.extensions["files"]
    with pytest.raises(DamagedFile) as gone:
        store.read(envelopes[0])
    with app.test_request_context():
        answer = app.make_response(app.handle_user_exception(gone.value))
    assert (answer.status_code, b"This file was erased on" in answer.data) == (410, True)
    sign_in(client, journey.cast.supplier_admin)
    assert client.get(f"/bids/{journey.own_bid}/outcome").status_code == 200


def texts_in(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case bytes():
            yield value.decode(errors="replace")
        case dict():
            yield from (text for each in value.values() for text in texts_in(each))
        case list():
            yield from (text for each in value for text in texts_in(each))


def words_of(session: Session, challenge_id: uuid.UUID) -> set[tuple[str, str]]:
    """Give every sentence in a column that is to be emptied, with its table.

    What letters hold as JSON is made of these, and of names and titles, which stay.
    """
    found = set()
    for name, columns in {**contents.EMPTIED, **contents.append_only()}.items():
        if name == "frozen_report":
            continue
        table = reached()[name].table
        about = reached()[name].about(challenge_id)
        texts = [
            table.c[column] for column in columns if not isinstance(table.c[column].type, sa.JSON)
        ]
        chosen = sa.select(*texts).where(about)
        found |= {
            (name, text)
            for row in session.execute(chosen)
            for value in row
            for text in texts_in(value)
            if text.count(" ") >= 2
        }
    session.rollback()
    return found


def still_held(session: Session, words: set[str]) -> set[tuple[str, str]]:
    """Look for sentences in all that the database holds but the public edition of the report."""
    found = set()
    for table in Base.metadata.sorted_tables:
        if table.name == "frozen_report":
            continue
        columns = [
            each
            for each in table.columns
            if isinstance(each.type, (sa.String, sa.JSON, sa.LargeBinary))
        ]
        for row in session.execute(sa.select(*columns)) if columns else ():
            held = "\n".join(text for value in row for text in texts_in(value))
            found |= {(table.name, each) for each in words if each in held}
    return found


def killed_at(step: int, payload: dict[str, Any], clock: FixedClock) -> None:
    """Erase until a worker is killed before its transaction of this number."""
    numbers = itertools.count(1)
    begin = transaction

    def counted() -> Any:
        if next(numbers) == step:
            raise KeyboardInterrupt
        return begin()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasing, "transaction", counted)
        with pytest.raises(KeyboardInterrupt):
            service.erase(payload, clock)
    db.session.rollback()


def test_nothing_is_erased_early_held_or_by_one_person(
    client: FlaskClient, journey: Journey, session: Session, clock: FixedClock, due: datetime
) -> None:
    officer = journey.actor(journey.cast.officer)
    approver = journey.actor(journey.cast.approver)
    reference = journey.reference
    clock.instant = due - timedelta(days=1)
    with pytest.raises(WrongMoment):
        service.propose(reference, actor=officer, clock=clock)
    clock.instant = due
    service.set_time(Kept.BIDS, 90, actor=officer, clock=clock)
    with pytest.raises(WrongMoment):
        service.propose(reference, actor=officer, clock=clock)
    service.set_time(Kept.BIDS, 1, actor=officer, clock=clock)
    service.propose(reference, actor=officer, clock=clock)
    erasure_id = session.scalars(sa.select(Erasure.id)).one()
    session.rollback()
    path = f"/work/challenges/{reference}/keeping"
    sign_in(client, journey.cast.officer)
    assert client.post(f"{path}/hold", data={"reason": ""}).status_code == 422
    assert client.post(f"{path}/hold", data={"reason": "<b>A request</b>"}).status_code == 303
    assert "&lt;b&gt;A request" in client.get(path).text

    def answer(by: Any) -> None:
        service.answer(reference, erasure_id, confirmed=True, reason="Over.", actor=by, clock=clock)

    waits = "Answer a proposal to erase records"
    assert waits not in client.get("/work").text
    sign_in(client, journey.cast.approver)
    assert waits in client.get("/work").text
    with pytest.raises(WrongMoment):
        answer(approver)
    hold_id = session.scalars(sa.select(LegalHold.id)).one()
    session.rollback()
    with pytest.raises(Forbidden):
        service.lift(reference, hold_id, reason="Gone.", actor=officer, clock=clock)
    sign_in(client, journey.cast.approver)
    assert client.post(f"{path}/holds/{hold_id}/lift", data={"reason": "Gone."}).status_code == 303
    with pytest.raises(Forbidden):
        answer(officer)
    answer(approver)
    assert waits not in client.get("/work").text
    with pytest.raises(WrongMoment):
        answer(approver)
    sign_in(client, journey.cast.other_officer)
    assert client.get(path).status_code == 404
    assert client.post(f"{path}/hold", data={"reason": "Ours"}).status_code == 404
    assert reference not in client.get("/work/records/keeping").text


def test_database_lets_a_row_be_emptied_only_with_leave_and_only_in_its_words(
    session: Session, journey: Journey
) -> None:
    score = session.scalars(sa.select(Score).limit(1)).one()
    score_id, value = score.id, score.value
    session.rollback()

    def change(**values: object) -> None:
        session.execute(sa.update(Score).where(Score.id == score_id).values(**values))

    with pytest.raises(sa.exc.DBAPIError):
        change(rationale="Another reason")
    session.rollback()
    session.add(
        ErasedRow(
            table_name="score",
            row_id=score_id,
            entry_n=0,
            sha256="0" * 64,
            erased_at=journey.clock.now(),
        )
    )
    session.flush()
    change(rationale="[Erased]")
    with pytest.raises(sa.exc.DBAPIError):
        change(value=value + 1)
    session.rollback()
    session.add(
        ErasedRow(
            table_name="score",
            row_id=uuid.uuid4(),
            entry_n=0,
            sha256="0" * 64,
            erased_at=journey.clock.now(),
        )
    )
    session.commit()
    assert any("gives no leave" in each for each in damage())

"""Processes killed while they submit, confirm and open: nothing is lost, nothing done twice."""

import json
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from bids import drafts, opened, openings, service
from bids.lifecycle import BidState
from bids.models import Bid, Submission
from bids.service.opening import OPEN
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.files.models import StoredFile
from marketplace.core.files.store import FileStore
from marketplace.core.notices.models import Notice
from tests.conftest import NOW
from tests.factories import PASSPHRASE, a_bid, a_person, a_supplier, actor_for
from tests.integration.sealed.conftest import Market, a_market, damage, written

ROOT = Path(__file__).parents[3]
BIDS = 50
KILLED = -9


def run(
    what: str, settings: Settings, at: datetime, points: list[tuple[str, int]]
) -> list[dict[str, Any]]:
    """Run the processes that die, and give what each of them left."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.integration.sealed.processes", what),
            *(settings.database_url, str(settings.data)),
            *(str((at - NOW).total_seconds()), json.dumps(points)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_service_killed_while_it_opens_fifty_bids_goes_on_and_records_the_opening_once(
    app: Flask, settings: Settings, session: Session, clock: FixedClock
) -> None:
    market = a_market(session, 0)
    bids = _bids(session, market, BIDS)
    market.confirm(clock, 0, 1)
    # What else is due is not what this is about.
    session.execute(update(jobs.Job).where(jobs.Job.kind != OPEN).values(done_at=clock.now()))
    session.commit()
    db.engine.dispose()

    left = run(
        "open",
        settings,
        clock.now(),
        [
            ("after", 1),  # the job is taken, nothing is read
            ("before", 3),  # the second sixteen are read and not committed
            ("after", 2),  # now they are
            ("after", 3),  # and the rest; what was opened is not recorded
            ("before", 2),  # it is about to be
            ("after", 2),  # it is, and the job does not know that it is done
            ("end", 0),
        ],
    )

    assert [each["code"] for each in left] == [KILLED] * 6 + [0]
    assert [each["read"] for each in left] == [0, 16, 32, 50, 50, 50, 50]
    assert [each["opened"] for each in left] == [0, 0, 0, 0, 0, 1, 1]
    session.rollback()
    found = market.found()
    assert set(found) == set(bids)
    assert market.flaws() == {}
    (entry,) = market.entries("bids.opened")
    assert entry.fields["count"] == BIDS
    assert set(entry.fields["bids"]) == set(bids)
    read = opened.opened_bids(session, market.challenge.stage.id)
    assert {bid.reference for bid in read} == set(bids)
    assert session.scalars(select(jobs.Job).where(jobs.Job.done_at.is_(None))).all() == []
    session.rollback()
    assert damage() == []


def test_bids_that_a_killed_opening_has_read_are_seen_by_nobody(
    app: Flask, settings: Settings, session: Session, clock: FixedClock
) -> None:
    market = a_market(session, 0)
    _bids(session, market, 17)
    market.confirm(clock, 0, 1)
    session.execute(update(jobs.Job).where(jobs.Job.kind != OPEN).values(done_at=clock.now()))
    session.commit()
    db.engine.dispose()

    (left,) = run("open", settings, clock.now(), [("after", 2)])

    session.rollback()
    stage = market.challenge.stage
    assert (left["read"], left["opened"]) == (16, 0)
    status = openings.opening_status(session, market.challenge.stage)
    assert (status.read, status.count, status.opened) == (16, 17, False)
    assert (
        opened.find_opened_bid(
            session, stage.id, session.scalars(select(Bid.reference)).first() or ""
        )
        is None
    )
    with pytest.raises(WrongMoment):
        opened.opened_bids(session, stage.id)


def test_service_killed_between_two_confirmations_keeps_the_first_and_opens_after_the_second(
    app: Flask, settings: Settings, session: Session, clock: FixedClock
) -> None:
    market = a_market(session, 0)
    for number, officer in enumerate(market.officers):
        officer.name = f"Officer {number}"
    _bids(session, market, 3)
    market.confirm(clock)
    session.commit()
    db.engine.dispose()

    left = run(
        "confirm",
        settings,
        clock.now(),
        [("before", 1), ("after", 1), ("before", 1), ("after", 1)],
    )

    assert [each["code"] for each in left] == [KILLED] * 4
    assert [each["confirmed"] for each in left] == [0, 1, 1, 2]
    assert [each["actions"].count("opening.confirmed") for each in left] == [0, 1, 1, 2]
    assert [each["actions"].count("challenge.closed") for each in left] == [0, 1, 1, 1]
    session.rollback()
    with pytest.raises(WrongMoment):
        service.confirm_opening(
            market.reference,
            passphrase=PASSPHRASE,
            second_factor=True,
            actor=actor_for(market.officers[0]),
            clock=clock,
        )
    jobs.run_due(clock)
    assert len(market.entries("bids.opened")) == 1
    assert len(market.found()) == 3
    session.rollback()
    assert damage() == []


def test_service_killed_while_it_submits_leaves_the_draft_whole_and_an_envelope_of_nobodys(
    app: Flask, settings: Settings, session: Session, clock: FixedClock
) -> None:
    market = a_market(session, 1)
    reference = written(market.reference, market.actor(0), clock, "We would ask first.")
    session.rollback()
    db.engine.dispose()

    left = run("submit", settings, NOW, [("file", 1), ("before", 1)])

    assert [each["code"] for each in left] == [KILLED] * 2
    session.rollback()
    bid = session.scalars(select(Bid)).one()
    assert (bid.reference, bid.state, bid.current_version) == (reference, BidState.DRAFT, None)
    assert drafts.content_of(session, bid).answers["team"] == "We would ask first. (team)"
    for table in (Submission, StoredFile, Notice):
        assert session.scalar(select(func.count()).select_from(table)) == 0
    assert market.entries("bid.submitted") == []
    store: FileStore = app.extensions["files"]
    orphans = [path for path in store.folder.rglob("*") if path.is_file()]
    assert len(orphans) == 2
    assert all(b"We would ask first" not in path.read_bytes() for path in orphans)
    # The person tries again, and this time hears nothing because the line was cut after it.
    session.rollback()
    db.engine.dispose()
    (left_then,) = run("submit", settings, NOW, [("after", 1)])
    assert left_then["code"] == KILLED
    again = service.submit_bid(reference, actor=market.actor(0), arrived=NOW, clock=clock)
    assert again.version == 1
    assert len(market.entries("bid.submitted")) == 1
    assert store.path(again.sha256).is_file()
    session.rollback()
    assert damage() == []


def test_envelope_stays_where_the_database_was_cut_off_while_it_said_that_it_had_committed(
    app: Flask,
    session: Session,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The bid is stored, though nobody was told: without its envelope it would be lost."""
    market = a_market(session, 1)
    reference = written(market.reference, market.actor(0), clock, "We would ask first.")
    actor = market.actor(0)
    session.rollback()
    commit = Session.commit

    def cut_off(session: Session) -> None:
        commit(session)
        raise OperationalError("COMMIT", None, Exception("the server closed the connection"))

    monkeypatch.setattr(Session, "commit", cut_off)
    with pytest.raises(OperationalError):
        service.submit_bid(reference, actor=actor, arrived=NOW, clock=clock)
    monkeypatch.setattr(Session, "commit", commit)

    again = service.submit_bid(reference, actor=actor, arrived=NOW, clock=clock)
    store: FileStore = app.extensions["files"]
    assert again.version == 1
    assert [path.name for path in store.folder.rglob("*") if path.is_file()] == [again.sha256]
    market.open(clock)
    assert market.flaws() == {}


def _bids(session: Session, market: Market, count: int) -> list[str]:
    """Add submitted bids, each of a supplier of its own."""
    bids = []
    for _ in range(count):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier)
        bid = a_bid(session, NOW, market.challenge, supplier, person, BidState.SUBMITTED)
        bids.append(bid.reference)
    session.commit()
    return bids

"""Many processes at once, and processes that die: the log stays one, whole and true."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from bids import service
from bids.models import Bid, Submission
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from marketplace.config import Settings
from marketplace.core.audit import receipts, verifying
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import (
    a_body,
    a_challenge,
    a_declaration,
    a_person,
    a_supplier,
    actor_for,
    record_publication,
)

ROOT = Path(__file__).parents[3]
APPENDS = 12
SUBMISSIONS = 200


def run(what: str, settings: Settings, first: int, second: int) -> Any:
    """Run the processes and give what they said at the end."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.integration.audit.processes", what),
            *(settings.database_url, str(settings.data), str(first), str(second)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def damage() -> list[str]:
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


def test_processes_that_append_at_once_make_one_log_without_a_gap(
    app: Flask, settings: Settings, session: Session, database_kind: str
) -> None:
    processes = 8 if database_kind == "postgresql" else 4

    assert run("append", settings, processes, APPENDS) == [0] * processes

    places = session.scalars(
        sa.select(LogEntry.n).where(LogEntry.action == "test.appended").order_by(LogEntry.n)
    ).all()
    assert places == list(range(processes * APPENDS))
    for number in range(processes):
        turns = session.scalars(
            sa.select(LogDetail.value)
            .where(
                LogDetail.name == "turn",
                LogDetail.n.in_(
                    sa.select(LogDetail.n).where(
                        LogDetail.name == "process", LogDetail.value == str(number).encode()
                    )
                ),
            )
            .order_by(LogDetail.n)
        ).all()
        assert [int(turn) for turn in turns] == list(range(APPENDS))
    assert damage() == []


def test_service_killed_at_random_instants_keeps_its_word(
    app: Flask, settings: Settings, session: Session, clock: FixedClock
) -> None:
    """Every receipt that was shown has its bid and its entry, and no entry lacks its bid."""
    bids_of_three_suppliers(session, clock)

    found = run("submit", settings, SUBMISSIONS, 20261201)

    session.rollback()
    assert found["begun"] >= SUBMISSIONS
    assert found["kills"] >= SUBMISSIONS // 20
    assert len(found["shown"]) >= SUBMISSIONS // 2
    for shown in found["shown"]:
        bid, stored = session.execute(
            sa.select(Bid, Submission)
            .join(Submission, Submission.bid_id == Bid.id)
            .where(Submission.entry_n == shown["entry"])
        ).one()
        assert (bid.reference, stored.version) == (shown["bid"], shown["version"])
        assert stored.receipt == shown["receipt"]
        entry = session.get_one(LogEntry, shown["entry"])
        assert receipts.read(shown["receipt"]).entry == entry.body
    recorded = session.scalars(
        sa.select(LogEntry.n).where(LogEntry.action == "bid.submitted").order_by(LogEntry.n)
    ).all()
    kept = session.scalars(sa.select(Submission.entry_n).order_by(Submission.entry_n)).all()
    assert recorded == kept
    assert set(kept) >= {shown["entry"] for shown in found["shown"]}
    session.rollback()
    assert damage() == []


def bids_of_three_suppliers(session: Session, clock: FixedClock) -> None:
    """Have three suppliers write a bid each, ready to submit."""
    body = a_body(session, NOW)
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(
        session, NOW, body, lead, State.OPEN, price_model=PriceModel.FIXED_BUDGET
    )
    record_publication(session, NOW, challenge)
    admins = []
    for number in range(3):
        supplier = a_supplier(session, NOW, f"Fictional Lanterns {number} Ltd")
        admin = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        a_declaration(session, NOW, supplier, admin)
        admins.append(admin)
    session.commit()
    for admin in admins:
        actor = actor_for(admin)
        bid = service.start_bid(challenge.reference, actor=actor, clock=clock).reference
        for key in ("solves", "team"):
            service.save_answer(bid, key, "Lanterns", actor=actor, clock=clock)
        service.save_terms(
            bid,
            contract_accepted=True,
            contract_points="",
            ai_statement="We used none.",
            actor=actor,
            clock=clock,
        )

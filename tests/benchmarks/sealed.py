"""Sealing a large bid and opening many, beside the bare sealing library on the same bytes.

Each is measured in a process of its own, so that its peak of memory is its own too. The reference
encrypts, or decrypts and digests, what is already in memory: no stream, no file store, no database.
Ratios are of the processor's time, so that other work on the machine and the disk's waits disturb
less; the time that passed on the clock is told beside them.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyrage
from flask_migrate import upgrade
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from bids import drafts, envelopes, opened, openings, service
from bids.lifecycle import BidState
from bids.models import OpenedSubmission, Submission
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.app import create_app
from marketplace.core.access import current_files
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import Role
from marketplace.core.vault import envelopes as vault
from marketplace.core.vault import master
from tests.conftest import NOW, make_settings
from tests.factories import (
    PASSPHRASE,
    a_bid,
    a_body,
    a_challenge,
    a_person,
    a_supplier,
    actor_for,
    give_opening_key,
    name_openers,
    record_publication,
)

LARGE, SMALL, BIDS = 20 * 1024 * 1024, 1024 * 1024, 50
ROUNDS, OPENINGS = 7, 3
DOCUMENT = b'{"format":"bid/1"}'
MIB = 1024 * 1024


def rows() -> list[dict[str, Any]]:
    """Measure sealing and opening, each in a process of its own."""
    return [row for what in ("seal", "files", "documents") for row in _measured(what)]


def _measured(what: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.sealed", what],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def sealing() -> list[dict[str, Any]]:
    """Compare sealing a large bid into the file store with encrypting its bytes."""
    recipients = [vault.new_identity()[1] for _ in range(2)]
    with tempfile.TemporaryDirectory() as folder:
        store, source = FileStore(Path(folder) / "files"), Path(folder) / "source"
        with source.open("wb") as file:
            for _ in range(LARGE // MIB):
                file.write(os.urandom(MIB))
        _seal(store, io.BytesIO(b"warm"), 4, recipients)
        before = _forget_peak()
        times = []
        for _ in range(ROUNDS):
            with source.open("rb") as file:
                times.append(_timed(lambda: _seal(store, file, LARGE, recipients)))
        growth = _peak() - before
        content = source.read_bytes()
        keys = [pyrage.x25519.Recipient.from_str(each) for each in recipients]
        reference = min(_timed(lambda: pyrage.encrypt(content, keys)) for _ in range(ROUNDS))
    ours = min(times)
    return [
        {
            "name": "Seal 20 MB into the store / pyrage.encrypt",
            "ratio": round(ours / reference, 2),
            "limit": 5,
            "milliseconds": round(ours * 1000),
            "reference_milliseconds": round(reference * 1000),
        },
        {
            "name": "Seal 20 MB: growth of memory / 60 MB",
            "ratio": round(growth / (60 * MIB), 3),
            "limit": 1,
            "growth_mib": round(growth / MIB, 1),
        },
    ]


def _seal(store: FileStore, source: vault.Reader, size: int, recipients: Sequence[str]) -> None:
    """Seal as a submission does: as a stream into the store, digested on the way."""
    with store.receive() as incoming:
        vault.seal(DOCUMENT, [vault.Part(size, source)], recipients, incoming)
    store.discard(incoming.sha256)


def opening(
    fill: Callable[[Session, Challenge], None], what: str, limit: int
) -> list[dict[str, Any]]:
    """Compare the job that opens bids with decrypting and digesting their envelopes."""
    clock = FixedClock(NOW)
    ours, reference, waited, bare_waited, seen = [], [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(make_settings(Path(folder), f"sqlite:///{folder}/bench.db"), clock)
        with app.app_context():
            upgrade()
            session = db.session()
            body = a_body(session, NOW)
            officers = [a_person(session, NOW, body, Role.PROCUREMENT_OFFICER) for _ in range(3)]
            give_opening_key(session, NOW, *officers)
            lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
            for _ in range(OPENINGS):
                clock.instant = NOW
                challenge = a_challenge(session, NOW, body, lead, State.OPEN)
                name_openers(session, NOW, challenge, *officers)
                fill(session, challenge)
                record_publication(session, NOW, challenge, *officers)
                session.commit()
                bare = _bare(session, challenge)
                began = time.perf_counter()
                reference.append(_timed(bare))
                bare_waited.append(time.perf_counter() - began)
                _confirm(challenge, officers[:2], clock)
                with _progress(challenge) as progress:
                    began = time.perf_counter()
                    ours.append(_timed(_job(challenge.reference, clock)) - progress.seconds)
                    waited.append(time.perf_counter() - began)
                seen = progress.read
                assert any(0 < each < BIDS for each in seen), f"no progress is seen: {seen}"
                _all_open(session, challenge)
            db.session.remove()
            db.engine.dispose()
    return [
        {
            "name": f"Open {BIDS} bids of 1 MB in {what} by the job / decrypt and SHA-256",
            "ratio": round(min(ours) / min(reference), 2),
            "limit": limit,
            "milliseconds": round(min(ours) * 1000),
            "reference_milliseconds": round(min(reference) * 1000),
            "wall_milliseconds": round(min(waited) * 1000),
            "reference_wall_milliseconds": round(min(bare_waited) * 1000),
            "progress": " ".join(map(str, seen)),
        }
    ]


def _fill_with_documents(session: Session, challenge: Challenge) -> None:
    """Submit bids whose answers make a document of 1 MB, in words that no two bids share."""
    for number in range(BIDS):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier)
        words = f"“We would ask {number} people first”, said the café’s owner.\n"
        text = words * (SMALL // len(words.encode()) // len(_questions(challenge)))
        a_bid(session, NOW, challenge, supplier, person, BidState.SUBMITTED, text=text)
    session.commit()


def _questions(challenge: Challenge) -> Sequence[str]:
    return drafts.question_keys(challenge.stage)


def _fill_with_files(session: Session, challenge: Challenge) -> None:
    """Submit bids whose envelopes each hold a file."""

    def with_file(document: bytes, recipients: Sequence[str], _files: object = ()) -> str:
        part = vault.Part(SMALL, io.BytesIO(os.urandom(SMALL)))
        with current_files().receive() as incoming:
            vault.seal(document, [part], recipients, incoming)
        return incoming.sha256

    with patch.object(envelopes, "seal", with_file):
        for _ in range(BIDS):
            supplier = a_supplier(session, NOW)
            person = a_person(session, NOW, supplier)
            a_bid(session, NOW, challenge, supplier, person, BidState.SUBMITTED)
    session.commit()


def _bare(session: Session, challenge: Challenge) -> Callable[[], None]:
    """Make the reference: decrypt and digest the challenge's envelopes, read beforehand."""
    key = challenge.stage.sealing_key
    assert key is not None
    secret = master.ring().unwrap(key.wrapped or b"", key.purpose).decode()
    identity = pyrage.x25519.Identity.from_str(secret)
    held = [
        current_files().read(submission.sha256)
        for _bid, submission in openings.submitted(session, challenge.stage)
    ]

    def bare() -> None:
        for envelope in held:
            pyrage.decrypt(envelope, [identity])
            hashlib.sha256(envelope).hexdigest()

    return bare


def _confirm(challenge: Challenge, officers: Sequence[User], clock: FixedClock) -> None:
    assert challenge.stage.closes_at is not None
    clock.instant = challenge.stage.closes_at + timedelta(minutes=2)
    for officer in officers:
        service.confirm_opening(
            challenge.reference,
            passphrase=PASSPHRASE,
            second_factor=True,
            actor=actor_for(officer),
            clock=clock,
        )


def _job(reference: str, clock: FixedClock) -> Callable[[], None]:
    return lambda: service.open_bids({"challenge": reference}, clock)


@dataclass
class _Progress:
    """What another page would see of an opening under way, and the time it took to look."""

    read: list[int] = field(default_factory=list)
    seconds: float = 0


@contextmanager
def _progress(challenge: Challenge) -> Iterator[_Progress]:
    """Look after each commit of an opening how many envelopes it has read."""
    stage, seen = challenge.stage.id, _Progress()
    session = db.session()
    of_stage = (
        select(func.count())
        .select_from(OpenedSubmission)
        .join(Submission, Submission.id == OpenedSubmission.submission_id)
        .where(Submission.bid.has(stage_id=stage))
    )

    def note(_session: Session) -> None:
        began = time.process_time()
        with db.engine.connect() as connection:
            seen.read.append(connection.scalar(of_stage) or 0)
        seen.seconds += time.process_time() - began

    event.listen(session, "after_commit", note)
    try:
        yield seen
    finally:
        event.remove(session, "after_commit", note)


def _all_open(session: Session, challenge: Challenge) -> None:
    """Make sure that what was measured is what it says."""
    session.rollback()
    of_stage = select(Submission.id).where(Submission.bid.has(stage_id=challenge.stage.id))
    read = session.scalars(
        select(OpenedSubmission).where(OpenedSubmission.submission_id.in_(of_stage))
    ).all()
    assert opened.is_opened(session, challenge.stage.id), "the bids were not opened"
    assert len(read) == BIDS, f"only {len(read)} were read"
    assert not any(each.flaw for each in read), "some were flagged"


def _timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _forget_peak() -> int:
    """Begin to note the peak of memory anew, and give the bytes in use now (Linux)."""
    Path("/proc/self/clear_refs").write_text("5")
    return _peak()


def _peak() -> int:
    """Give the most bytes of memory since the peak was forgotten.

    Not `ru_maxrss`: a process inherits what its parent had when it began.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError("this system does not tell the peak of memory of a process")


if __name__ == "__main__":
    measures: dict[str, Callable[[], list[dict[str, Any]]]] = {
        "seal": sealing,
        "files": partial(opening, _fill_with_files, "files", 3),
        # A document is read, held against its fields and stored, where a file is only digested. One
        # of 1 MB is many times what word limits allow, so this row may cost more.
        "documents": partial(opening, _fill_with_documents, "documents", 10),
    }
    print(json.dumps(measures[sys.argv[1]]()))

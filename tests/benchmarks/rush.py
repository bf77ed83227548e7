"""The rush before a deadline: many suppliers submit in its last seconds, over HTTP, to a real site.

`script/server` serves it, as in production: two workers with four threads each and the sweeper, on
a database of its own, SQLite and then PostgreSQL (with its durability on). Every person has the
page open, as people do, and presses the button at an instant of their own; a few press too late.
Nobody presses twice. Afterwards each answer is compared with what the database, the file store and
the log hold. Times are those that a person waits, from the press to the whole answer. No mail
server answers, so each receipt is queued, tried once and kept for later.
"""

import hashlib
import http.client
import json
import os
import random
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import psycopg
import sqlalchemy as sa
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid, Submission
from challenges.lifecycle import RECORDING_TIME, State
from challenges.models import Challenge
from marketplace.app import create_app
from marketplace.config import from_environment
from marketplace.core.accounts import sessions
from marketplace.core.accounts.models import User
from marketplace.core.audit import verifying
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.database import db
from marketplace.core.files.store import FileStore
from marketplace.core.permissions import Role
from marketplace.core.transaction import transaction
from tests import postgres
from tests.factories import a_bid, a_body, a_challenge, a_declaration, a_person, a_supplier

ROOT = Path(__file__).resolve().parents[2]
SUPPLIERS, ALONE = 200, 9
# So many of the suppliers press the button at the closing instant or within half a second after it.
LATE = 12
LAST_SECONDS = 10.0
# From the moment the closing instant is set until the rush begins.
BREATH = 3.0
MOST_WAIT = 90
# What the page says to whom was late, and to whom the service was.
TOO_LATE = ("This came too late", "We could not record this in time")


@dataclass
class Person:
    """A supplier's administrator at a browser that has the page with the button open."""

    bid: str
    cookie: str
    form: Mapping[str, str]
    presses_at: float = 0.0
    status: int = 0
    location: str = ""
    page: str = ""
    seconds: float = 0.0


def rows() -> list[dict[str, Any]]:
    """Measure on both databases, each in a process of its own."""
    return [row for kind in ("SQLite", "PostgreSQL") for row in _measured(kind)]


def _measured(kind: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.rush", kind],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def measure(kind: str) -> list[dict[str, Any]]:
    """Have the rush on one kind of database, and tell what was found."""
    with tempfile.TemporaryDirectory() as name, _database(kind, Path(name)) as url:
        folder = Path(name)
        environment = _environment(folder, url)
        app = create_app(from_environment(environment))
        with app.app_context():
            upgrade()
            challenge, cookies = _people(app, db.session())
            db.session.remove()
        with _served(environment, folder) as port:
            people = [_at_the_page(port, bid, cookie) for bid, cookie in cookies.items()]
            alone, crowd = people[:ALONE], people[ALONE:]
            for person in alone:
                _press(port, person)
            with app.app_context():
                closes_at = _close_soon(challenge)
            _rush(port, crowd, closes_at)
            for person in people:
                _see_receipt(port, person)
        with app.app_context():
            wrong = list(_wrong(app, db.session(), people, challenge, closes_at))
            db.session.remove()
            db.engine.dispose()
        return _told(kind, alone, crowd, closes_at, wrong)


def _told(
    kind: str,
    alone: Sequence[Person],
    crowd: Sequence[Person],
    closes_at: datetime,
    wrong: Sequence[str],
) -> list[dict[str, Any]]:
    waits = sorted(person.seconds for person in crowd)
    reference = statistics.median(person.seconds for person in alone)
    at = closes_at.timestamp()
    pressed = Counter(
        (person.status, "in time" if person.presses_at < at else "late") for person in crowd
    )
    for each in wrong[:20]:
        print(each, file=sys.stderr)
    return [
        {
            "name": f"Rush of {len(crowd)} on {kind}: lost, late, untold",
            "ratio": len(wrong),
            "limit": 0,
            "stored": sum(person.status == 303 for person in crowd),
            "told closed": sum(person.status == 409 for person in crowd),
            "pressed in time and told closed": pressed[409, "in time"],
        },
        {
            "name": f"Rush of {len(crowd)} on {kind}: p99 / one alone",
            "ratio": round(_percentile(waits, 99) / reference, 2),
            "p50_milliseconds": round(_percentile(waits, 50) * 1000),
            "p99_milliseconds": round(_percentile(waits, 99) * 1000),
            "reference_milliseconds": round(reference * 1000),
        },
    ]


def _percentile(sorted_values: Sequence[float], percent: int) -> float:
    return sorted_values[min(len(sorted_values) - 1, len(sorted_values) * percent // 100)]


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database."""
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'rush.db'}"
        return
    with postgres.running() as server:
        url = server.create_database()
        # The tests' server trades durability for speed; here a receipt waits for the disk.
        address = server.url.replace("+psycopg", "", 1)
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(f"ALTER SYSTEM SET {setting} = on".encode())
            connection.execute("SELECT pg_reload_conf()")
        yield url


def _environment(folder: Path, url: str) -> dict[str, str]:
    """Give the settings of an installation in production, and make its keys."""
    keys = folder / "data" / "keys"
    keys.mkdir(parents=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {
        "MARKETPLACE_DATA": str(folder / "data"),
        "MARKETPLACE_DATABASE": url,
        "MARKETPLACE_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "MARKETPLACE_SECRET_KEY": secrets.token_hex(32),
        "MARKETPLACE_SMTP_URL": "smtp://127.0.0.1:9",
        "PORT": str(port),
        "HOST": "127.0.0.1",
    }
    made = [str(ROOT / ".venv/bin/marketplace"), "keys", "make", str(keys / "master.key")]
    subprocess.run(made, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **settings})
    return {**os.environ, **settings}


def _people(app: Flask, session: Session) -> tuple[str, dict[str, str]]:
    """Add a challenge, and suppliers whose bids are ready; give each bid's person's cookie."""
    now = datetime.now(UTC)
    body = a_body(session, now)
    lead = a_person(session, now, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, now, body, lead, State.OPEN)
    found = {}
    for _ in range(ALONE + SUPPLIERS):
        supplier = a_supplier(session, now)
        admin = a_person(session, now, supplier, Role.SUPPLIER_ADMIN)
        a_declaration(session, now, supplier, admin)
        bid = a_bid(session, now, challenge, supplier, admin, text="We would ask first. " * 20)
        found[bid.reference] = _cookie(app, session, admin, now)
    session.commit()
    return challenge.reference, found


def _cookie(app: Flask, session: Session, user: User, now: datetime) -> str:
    """Sign a person in, as the sign-in pages do."""
    held = {
        sessions.KEY: sessions.stand(session, user.id, now, second_factor=True),
        "_user_id": user.fs_uniquifier,
        "_fresh": True,
        "fs_cc": "set",
        "fs_paa": now.timestamp(),
        "membership": str(user.memberships[0].id),
    }
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return str(serializer.dumps(held))


@contextmanager
def _served(environment: Mapping[str, str], folder: Path) -> Iterator[int]:
    """Serve the installation for the length of a block, and give the port."""
    said = folder / "server.log"
    server = subprocess.Popen(
        ["script/server", "--log", str(said)],
        cwd=ROOT,
        env=dict(environment),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    try:
        if not server.stdout.readline().startswith("Ready"):
            raise RuntimeError(f"the site did not start: {said.read_text()[-2000:]}")
        yield int(environment["PORT"])
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    crashes = [line for line in said.read_text().splitlines() if '"crash"' in line]
    if crashes:
        print(f"{len(crashes)} crashes, the first: {crashes[0][:3000]}", file=sys.stderr)


def _asked(
    port: int, method: str, path: str, cookie: str, body: str | None = None
) -> tuple[int, http.client.HTTPMessage, str]:
    """Make one request over a connection of its own; give status, headers and page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_WAIT)
    headers = {"Cookie": f"session={cookie}", "Origin": f"http://127.0.0.1:{port}"}
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def _at_the_page(port: int, bid: str, cookie: str) -> Person:
    """Load the page with the button, with its token against forged requests."""
    status, headers, page = _asked(port, "GET", f"/bids/{bid}/submit", cookie)
    assert status == 200, f"the page to submit answered {status}"
    if kept := re.search(r"session=([^;]+)", headers.get("Set-Cookie") or ""):
        cookie = kept[1]
    form = re.findall(r'<form[^>]*method="post".*?</form>', page, re.S)[-1]
    fields: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        if name is not None:
            fields[name[1]] = unescape(value[1]) if value else "y"
    return Person(bid, cookie, fields)


def _press(port: int, person: Person) -> None:
    """Press the button, and wait for the answer."""
    began = time.perf_counter()
    path = f"/bids/{person.bid}/submit"
    try:
        person.status, headers, person.page = _asked(
            port, "POST", path, person.cookie, urlencode(person.form)
        )
        person.location = headers.get("Location") or ""
    except OSError as error:
        person.page = repr(error)
    person.seconds = time.perf_counter() - began


def _close_soon(reference: str) -> datetime:
    """Set the closing instant to the end of the rush."""
    with transaction() as session:
        challenge = session.scalars(
            sa.select(Challenge).where(Challenge.reference == reference)
        ).one()
        closes_at = datetime.now(UTC) + timedelta(seconds=BREATH + LAST_SECONDS)
        challenge.stage.closes_at = closes_at
    db.session.remove()
    return closes_at


def _rush(port: int, crowd: Sequence[Person], closes_at: datetime) -> None:
    """Have everybody press at an instant of their own."""
    chance = random.Random(20261122)  # noqa: S311  (nothing here is secret)
    at = closes_at.timestamp()
    for number, person in enumerate(crowd):
        early = LAST_SECONDS * chance.random()
        person.presses_at = at + 0.5 * chance.random() if number < LATE else at - early

    def wait_and_press(person: Person) -> None:
        time.sleep(max(0.0, person.presses_at - time.time()))
        person.presses_at = time.time()
        _press(port, person)

    threads = [Thread(target=wait_and_press, args=[person]) for person in crowd]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _see_receipt(port: int, person: Person) -> None:
    """Follow the answer to the receipt, as the browser does."""
    if person.status == 303:
        path = person.location.removeprefix(f"http://127.0.0.1:{port}")
        status, _headers, person.page = _asked(port, "GET", path, person.cookie)
        if status != 200:
            person.page = f"the receipt answered {status}"


def _wrong(
    app: Flask, session: Session, people: Sequence[Person], challenge: str, closes_at: datetime
) -> Iterator[str]:
    """Name everything in which an answer, the database, the files and the log do not agree."""
    store: FileStore = app.extensions["files"]
    stored = dict(
        session.execute(
            sa.select(Bid.reference, Submission).join(Submission, Submission.bid_id == Bid.id)
        ).all()
    )
    bids = {bid.reference: bid for bid in session.scalars(sa.select(Bid))}
    entries = {
        str(entry.fields["bid"]): entry
        for entry in session.scalars(
            sa.select(LogEntry).where(
                LogEntry.chain == challenge, LogEntry.action == "bid.submitted"
            )
        )
    }
    refused = Counter(
        str(entry.fields["bid"])
        for entry in session.scalars(
            sa.select(LogEntry).where(LogEntry.chain == challenge, LogEntry.action == "bid.refused")
        )
    )
    for person in people:
        made, bid = stored.get(person.bid), bids[person.bid]
        where = f"{person.bid}, answered {person.status}:"
        if person.status not in (303, 409):
            yield f"{where} neither stored nor told: {person.page[:200]}"
        if (person.status == 303) != (made is not None):
            yield f"{where} the answer and the database disagree"
        if (made is None) != (bid.state is BidState.DRAFT and bid.draft_key_id is not None):
            yield f"{where} the bid and its draft disagree"
        if person.status == 409 and not any(words in person.page for words in TOO_LATE):
            yield f"{where} not told that it is closed: {person.page[-600:]}"
        if person.status == 409 and refused[person.bid] != 1:
            yield f"{where} refused without an entry"
        if made is not None:
            entry = entries.get(person.bid)
            if made.sha256 not in person.page:
                yield f"{where} no receipt was shown: {person.page[:200]}"
            if hashlib.sha256(store.read(made.sha256)).hexdigest() != made.sha256:
                yield f"{where} its envelope is another"
            if entry is None or (entry.n, entry.at) != (made.entry_n, made.recorded_at):
                yield f"{where} the log disagrees"
            in_time = made.recorded_at - closes_at < RECORDING_TIME
            if not (made.arrived_at < closes_at and in_time):
                yield f"{where} stored, and late"
    if len(entries) != sum(person.status == 303 for person in people):
        yield f"{len(entries)} entries, and another number of receipts"
    files = sum(path.is_file() for path in store.folder.rglob("*"))
    if files != len(stored):
        yield f"{files} envelopes for {len(stored)} bids"
    session.rollback()
    with one_instant(db.engine) as connection:
        yield from map(str, verifying.Verification(connection).run())


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))

"""The log at a million entries: appending to it, verifying all of it, proving one entry.

The large log is written in bulk, with every digest, hash and node computed; it is what a million
appends would have made, checkpoint included, and `verify` says so. On SQLite; seconds are the
processor's, so that other work on the machine and the disk's waits disturb less.
"""

import hashlib
import json
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from marketplace.app import create_app
from marketplace.core.audit import checkpoints, entries, log, proofs, tree
from marketplace.core.audit.models import LogDetail, LogEntry, LogNode
from marketplace.core.audit.verifying import command
from marketplace.core.audit.verifying.reading import table
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from tests.conftest import make_settings

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SMALL, LARGE = 1_000, 1_000_000
CHAINS = 400
ACTION = "bench.happened"
APPENDS, PROOFS, ROUNDS = 40, 200, 5
_ENTRY, _DETAIL, _NODE = (table(model) for model in (LogEntry, LogDetail, LogNode))


def rows() -> list[dict[str, Any]]:
    """Measure in a process of its own, so that its peak of memory is its own too."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.log"],
        cwd=Path(__file__).resolve().parents[2],
        stdout=subprocess.PIPE,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def measure(large: int = LARGE) -> list[dict[str, Any]]:
    """Make a log of each size and compare."""
    log.register({ACTION: log.Telling("It happened.")})
    with tempfile.TemporaryDirectory() as folder:
        logs = {size: _made(Path(folder) / str(size), size) for size in (SMALL, large)}
        appended = _by_turns(logs, _append)
        proven = _by_turns(logs, _prove)
        with logs[large].app_context():
            verified, peak = _timed(_verify), _peak()
            bare = _timed(_bare)
        return [
            _row(f"Log: append at {large:,} / at {SMALL:,}", appended, large, 1.5),
            _row(f"Log: inclusion proof at {large:,} / at {SMALL:,}", proven, large, 3),
            {
                "name": f"Log: verify {large:,} / bare SHA-256",
                "ratio": round(verified / bare, 2),
                "limit": 20,
                "seconds": round(verified, 1),
                "reference_seconds": round(bare, 1),
                "memory_mib": peak,
            },
        ]


def _row(name: str, found: dict[int, float], large: int, limit: float) -> dict[str, Any]:
    return {
        "name": name,
        "ratio": round(found[large] / found[SMALL], 2),
        "limit": limit,
        "milliseconds": round(found[large] * 1000, 2),
        "reference_milliseconds": round(found[SMALL] * 1000, 2),
    }


def _made(folder: Path, size: int) -> Flask:
    """Have an installation made whose log has about `size` entries, by a process of its own."""
    subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.log", "make", str(folder), str(size)], check=True
    )
    return _installed(folder)


def _make(folder: Path, size: int) -> None:
    with _installed(folder).app_context():
        upgrade()
        _fill(size)
        with transaction() as session:
            checkpoints.make(session, clock=FixedClock(NOW + timedelta(days=1)))
        db.session.remove()


def _installed(folder: Path) -> Flask:
    return create_app(make_settings(folder, f"sqlite:///{folder / 'bench.db'}"), FixedClock(NOW))


def _fill(size: int) -> None:
    """Write entries with five fields each, by turns in some chains, past driver and triggers."""
    with db.engine.connect() as connection:
        raw: Any = connection.connection.dbapi_connection
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        triggers = raw.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        kept = dict(triggers.fetchall())
        for name in kept:
            raw.execute(f"DROP TRIGGER {name}")
        for pragma in ("foreign_keys = OFF", "journal_mode = OFF", "cache_size = -400000"):
            raw.execute(f"PRAGMA {pragma}")
        raw.execute("BEGIN")
        numbers = iter(range(size))
        state = _State()
        while block := list(islice(numbers, 5_000)):
            made = [state.entry(n) for n in block]
            for table_name, columns in _COLUMNS.items():
                places = ", ".join("?" * len(columns.split(",")))
                raw.executemany(
                    f"INSERT INTO {table_name} ({columns}) VALUES ({places})",
                    (row for each in made for row in each[table_name]),
                )
        raw.execute(
            "INSERT INTO log_head (id, size, last_at, frontier) VALUES (1, ?, ?, ?)",
            (size, state.at, b"".join(state.frontier)),
        )
        for statement in kept.values():
            raw.execute(statement)
        raw.execute("COMMIT")
        raw.execute("PRAGMA journal_mode = WAL")
        connection.invalidate()


_COLUMNS = {
    "log_entry": "n, at, chain, cn, action, leaf, body",
    "log_detail": "n, name, salt, value",
    "log_node": 'level, "index", hash',
}


class _State:
    """What the next entry needs to know of those before."""

    def __init__(self) -> None:
        self.frontier: list[bytes] = []
        self.chains: dict[str, tuple[int, bytes | None]] = {}
        self.at = ""

    def entry(self, n: int) -> dict[str, list[tuple[Any, ...]]]:
        """Make an entry, and give the rows that it has in each table."""
        chain = f"CH-{n % CHAINS:04}"
        cn, prev = self.chains.get(chain, (0, None))
        at = NOW + timedelta(milliseconds=n)
        fields = [(n, name, secrets.token_bytes(32), value) for name, value in _values(n)]
        digests = {name: entries.field_digest(salt, value) for _n, name, salt, value in fields}
        body = entries.write(entries.Entry(n, at, ACTION, chain, cn + 1, prev, digests))
        leaf = tree.leaf_hash(body)
        self.frontier, complete = tree.grow(self.frontier, n, leaf)
        self.chains[chain] = (cn + 1, leaf)
        self.at = at.strftime("%Y-%m-%d %H:%M:%S.%f")
        return {
            "log_entry": [(n, self.at, chain, cn + 1, ACTION, leaf, body)],
            "log_detail": fields,
            "log_node": [
                (level, index, hashed) for (level, index), hashed in complete.items() if level
            ],
        }


def _values(n: int) -> Iterator[tuple[str, Any]]:
    yield "actor", b'"Una Sample"'
    yield "actor_id", b'"0198c0de-0000-7000-8000-000000000000"'
    yield "bid", f'"B-{n:06}"'.encode()
    yield "reason", b'"The officer reads the bid to find out whether it is valid."'
    yield "version", b"1"


def _by_turns(logs: dict[int, Any], work: Callable[[int], float]) -> dict[int, float]:
    """Do the work on the logs by turns, and give the median of the rounds for each."""
    found: dict[int, list[float]] = {size: [] for size in logs}
    for _ in range(ROUNDS + 1):
        for size, app in logs.items():
            with app.app_context():
                found[size].append(work(size))
                db.session.remove()
    return {size: statistics.median(times[1:]) for size, times in found.items()}


def _append(_size: int) -> float:
    """Append in transactions of their own; give the seconds for one, commit included."""
    clock = FixedClock(NOW + timedelta(days=2))
    times = []
    for number in range(APPENDS):
        began = time.process_time()
        with transaction() as session:
            log.append(
                session,
                clock=clock,
                action=ACTION,
                chain=f"CH-{number % CHAINS:04}",
                bid=f"B-{number:06}",
                reason="The officer reads the bid to find out whether it is valid.",
                version=1,
            )
        times.append(time.process_time() - began)
    return statistics.median(times)


def _prove(size: int) -> float:
    """Prove single entries anywhere in the log; give the seconds for one."""
    chance = random.Random(size)  # noqa: S311  (nothing here is secret)
    session = db.session()
    times = []
    for _ in range(PROOFS):
        place = chance.randrange(size)
        began = time.process_time()
        proof = proofs.inclusion(session, place, size)
        times.append(time.process_time() - began)
        assert proof
    return statistics.median(times)


def _verify() -> None:
    with redirect_stdout(StringIO()) as said:
        assert command.main(db.engine) == 0, said.getvalue()


def _bare() -> None:
    """Hash what is stored and nothing more: each entry, each field with its salt, each node."""
    sha256 = hashlib.sha256
    for things in _stored():
        for thing in things:
            sha256(thing).digest()


def _stored() -> Iterable[list[bytes]]:
    """Give what is hashed in blocks, which are read while the clock stands."""
    began = time.process_time()
    with db.engine.connect() as connection:
        for statement in (
            select(_ENTRY.c.body),
            select(_DETAIL.c.salt, _DETAIL.c.value),
            select(_NODE.c.hash, _NODE.c.hash.label("other")),
        ):
            found = connection.execution_options(yield_per=10_000).execute(statement)
            for block in found.partitions():
                things = [b"".join(row) for row in block]
                _paused.append(time.process_time() - began)
                yield things
                began = time.process_time()


_paused: list[float] = []


def _timed(work: Callable[[], None]) -> float:
    """Give the seconds for which the work ran, without those that it says it paused."""
    _paused.clear()
    began = time.process_time()
    work()
    return time.process_time() - began - sum(_paused)


def _peak() -> int:
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make", folder, size]:
            _make(Path(folder), int(size))
        case sizes:
            print(json.dumps(measure(*map(int, sizes))))

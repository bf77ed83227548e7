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
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask_migrate import upgrade
from sqlalchemy import insert, select

from marketplace.app import create_app
from marketplace.core.audit import checkpoints, entries, log, proofs, tree, verifying
from marketplace.core.audit.models import LogDetail, LogEntry, LogHead, LogNode
from marketplace.core.audit.verifying.command import one_instant
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


def _made(folder: Path, size: int) -> Any:
    """Make an installation whose log has about `size` entries, and a checkpoint over all."""
    app = create_app(make_settings(folder, f"sqlite:///{folder / 'bench.db'}"), FixedClock(NOW))
    with app.app_context():
        upgrade()
        _fill(size)
        with transaction() as session:
            checkpoints.make(session, clock=FixedClock(NOW + timedelta(days=1)))
        db.session.remove()
    return app


def _fill(size: int) -> None:
    """Write entries with five fields each, by turns in some chains."""
    frontier: list[bytes] = []
    chains: dict[str, tuple[int, bytes | None]] = {}
    numbers = iter(range(size))
    with db.engine.begin() as connection:
        while block := list(islice(numbers, 10_000)):
            rows, details, nodes = [], [], []
            for n in block:
                chain = f"CH-{n % CHAINS:04}"
                cn, prev = chains.get(chain, (0, None))
                at = NOW + timedelta(milliseconds=n)
                fields = [
                    {"n": n, "name": name, "salt": secrets.token_bytes(32), "value": value}
                    for name, value in _values(n)
                ]
                body = entries.write(
                    entries.Entry(
                        n=n,
                        at=at,
                        action=ACTION,
                        chain=chain,
                        cn=cn + 1,
                        prev=prev,
                        fields={
                            str(f["name"]): entries.field_digest(f["salt"], f["value"])
                            for f in fields
                        },
                    )
                )
                leaf = tree.leaf_hash(body)
                frontier, complete = tree.grow(frontier, n, leaf)
                chains[chain] = (cn + 1, leaf)
                row = {"n": n, "at": at, "chain": chain, "cn": cn + 1, "action": ACTION}
                rows.append({**row, "leaf": leaf, "body": body})
                details += fields
                nodes += [
                    {"level": level, "index": index, "hash": hashed}
                    for (level, index), hashed in complete.items()
                    if level
                ]
            connection.execute(insert(_ENTRY), rows)
            connection.execute(insert(_DETAIL), details)
            connection.execute(insert(_NODE), nodes)
        connection.execute(
            insert(table(LogHead)),
            {"id": 1, "size": size, "last_at": at, "frontier": b"".join(frontier)},
        )


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
    with one_instant(db.engine) as connection:
        found = list(verifying.Verification(connection).run())
    assert found == [], found[:5]


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
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else LARGE)))

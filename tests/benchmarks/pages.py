"""The list of challenges and the search on both databases, beside the same template with its rows
already in hand.

Each size, and the measure of memory, runs in a process of its own.
"""

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask_migrate import upgrade
from sqlalchemy import insert, text

from challenges import queries
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.app import create_app
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db, new_id
from tests.conftest import StatementCounter, make_settings
from tests.factories import a_body, a_person

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
PLACES = (("sqlite", 1_000), ("sqlite", 100_000), ("postgresql", 100_000))
RUNS = 40
STATEMENTS_MOST = 6

# Requests whose memory is measured, after as many as warm every cache.
WARMING, REQUESTS = 500, 10_000
MEMORY_SIZE = 1_000
# What memory may grow by over them, in MiB: an allocator's slack, and less than a kilobyte each.
GROWTH_MOST = 8

# Name, address, and the most that it may cost: times its own reference for a list, times the
# plain list for a search. One challenge in a hundred has a lighthouse, one in five a harbour.
LISTS = (
    ("newest", "/challenges", 2.5),
    ("open, closing first", "/challenges?state=open&order=closing", 2.5),
    ("by value, in a region", "/challenges?region=south&order=value", 2.5),
)
SEARCHES: tuple[tuple[str, str, float | None], ...] = (
    ("search, 1 % match", "/challenges?q=lighthouse", 2),
    ("search, 1 % match, newest open", "/challenges?q=lighthouse&state=open&order=newest", 2),
    ("search, 20 % match", "/challenges?q=harbour", None),
)


def rows() -> list[dict[str, Any]]:
    """Measure each database and size and give one row for each address."""
    return [row for kind, size in PLACES for row in _apart(kind, str(size))]


def memory_rows() -> list[dict[str, Any]]:
    """Measure what many requests leave behind, in a process of its own."""
    return _apart("memory")


def _apart(*asked: str) -> list[dict[str, Any]]:
    """Measure in a process of its own, so that its memory is its own too."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.pages", *asked],
        stdout=subprocess.PIPE,
        check=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def measure_memory() -> list[dict[str, Any]]:
    """Measure what the process grows by. How many challenges there are is no matter: a page shows
    twenty."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        app = create_app(make_settings(Path(folder), url), FixedClock(NOW))
        with app.app_context():
            upgrade()
            fill(MEMORY_SIZE)
            return [_growth(app.test_client().get)]


def measure(kind: str, size: int) -> list[dict[str, Any]]:
    """Measure the list with `size` challenges."""
    with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
        app = create_app(make_settings(Path(folder), url), FixedClock(NOW))
        with app.app_context():
            upgrade()
            fill(size)
            get = app.test_client().get
            what = f"Challenges, {size:,}, {kind}"
            found = [_list(f"{what}: {name}", path, limit, get) for name, path, limit in LISTS]
            plain = median(lambda: get("/challenges"))
            found += [
                _search(f"{what}: {name}", path, limit, plain, get)
                for name, path, limit in SEARCHES
            ]
            db.session.remove()
            db.engine.dispose()
            return found


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    """Give the address of an empty database that goes away afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    from tests.postgres import running

    with running() as server:
        yield server.create_database()


def _list(name: str, path: str, limit: float, get: Callable[[str], Any]) -> dict[str, Any]:
    ours = median(lambda: get(path))
    with _rows_in_hand(path, get):
        reference = median(lambda: get(path))
    return _row(name, path, ours / reference, limit, ours, reference, get)


def _search(
    name: str, path: str, limit: float | None, plain: float, get: Callable[[str], Any]
) -> dict[str, Any]:
    ours = median(lambda: get(path))
    return _row(name, path, ours / plain, limit, ours, plain, get)


def _row(
    name: str,
    path: str,
    ratio: float,
    limit: float | None,
    ours: float,
    reference: float,
    get: Callable[[str], Any],
) -> dict[str, Any]:
    with StatementCounter(db.engine) as counter:
        page = get(path)
    assert page.status_code == 200
    assert "fw-card__title" in page.text
    assert len(counter) <= STATEMENTS_MOST, counter.statements
    return {
        "name": name,
        "ratio": round(ratio, 2),
        **({} if limit is None else {"limit": limit}),
        "milliseconds": round(ours * 1000, 1),
        "reference_milliseconds": round(reference * 1000, 1),
        "statements": len(counter),
    }


@contextmanager
def _rows_in_hand(path: str, get: Callable[[str], Any]) -> Iterator[None]:
    """Give the page's own rows back instead of asking the database for them."""
    with ExitStack() as stack:
        for name in ("challenge_page", "public_bodies", "public_rounds"):
            kept: list[Any] = []
            real = getattr(queries, name)

            def remember(
                *args: Any, _real: Any = real, _kept: list[Any] = kept, **named: Any
            ) -> Any:
                _kept.append(_real(*args, **named))
                return _kept[-1]

            with patch.object(queries, name, remember):
                get(path)
            again = patch.object(queries, name, lambda *_args, _kept=kept, **_named: _kept[0])
            stack.enter_context(again)
        with StatementCounter(db.engine) as counter:
            get(path)
        assert len(counter) == 0, counter.statements
        yield


def _growth(get: Callable[[str], Any]) -> dict[str, Any]:
    """Ask for lists and searches over and over, and give what the process grew by."""
    paths = [path for _name, path, _limit in (*LISTS, *SEARCHES[:2])]
    for at in range(WARMING):
        get(f"{paths[at % len(paths)]}")
    before = _resident()
    for at in range(REQUESTS):
        get(f"{paths[at % len(paths)]}")
    grown = (_resident() - before) / 2**20
    return {
        "name": f"Memory over {REQUESTS:,} requests: growth / {GROWTH_MOST} MiB",
        "ratio": round(max(grown, 0) / GROWTH_MOST, 2),
        "limit": 1,
        "grown_mib": round(grown, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _resident() -> int:
    """Give the bytes of memory that the process holds (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()


def median(call: Callable[[], object]) -> float:
    """Give the median of seconds over several runs, the first few left out."""
    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times[5:])


def fill(size: int) -> None:
    """Write `size` published challenges straight into the tables, a third of them open."""
    session = db.session()
    bodies = [a_body(session, NOW, f"Example Body {number}") for number in range(20)]
    lead = a_person(session, NOW, bodies[0], name="Bench Lead Example")
    for start in range(0, size, 5_000):
        part = range(start, min(start + 5_000, size))
        ids = [new_id() for _number in part]
        session.execute(
            insert(Challenge),
            [_challenge(i, key, bodies[i % 20], lead) for i, key in zip(part, ids, strict=True)],
        )
        session.execute(insert(Stage), [_stage(i, key) for i, key in zip(part, ids, strict=True)])
        session.expunge_all()
    session.commit()
    if db.engine.dialect.name == "postgresql":
        # As its own housekeeping would soon have done.
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _challenge(i: int, key: uuid.UUID, body: Organisation, lead: User) -> dict[str, Any]:
    place = ("harbour", "clinic", "forest", "school", "bridge")[i % 5]
    mark = "The lighthouse is near. " if i % 100 == 0 else ""
    return {
        "id": key,
        "reference": f"CH-{i:06d}",
        "buyer_id": body.id,
        "round": f"Round {i % 12}",
        "title": f"How can technology help the {place} number {i}?",
        "summary": f"People who use the {place} wait too long and nobody knows why.",
        "problem": mark + f"The {place} is busy at times that nobody foresees. " * 12,
        "region": ("central", "south", "highlands-and-islands")[i % 3],
        "sector": ("health", "transport", "environment")[i % 3],
        "value_minor": 1_000_00 + i,
        "state": State.OPEN,
        "created_at": NOW - timedelta(days=30, minutes=i),
        "published_at": NOW - timedelta(days=20, minutes=i),
        "owner_id": lead.id,
        "row_version": 1,
    }


def _stage(i: int, challenge_id: uuid.UUID) -> dict[str, Any]:
    days = 5 + i % 20 if i % 3 == 0 else -1 - i % 400
    return {
        "id": new_id(),
        "challenge_id": challenge_id,
        "ordinal": 1,
        "name": "Application",
        "closes_at": NOW + timedelta(days=days, minutes=i % 1440),
        "minimum_panel": 3,
    }


if __name__ == "__main__":
    if sys.argv[1] == "memory":
        print(json.dumps(measure_memory()))
    else:
        print(json.dumps(measure(sys.argv[1], int(sys.argv[2]))))

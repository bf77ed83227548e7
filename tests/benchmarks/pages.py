"""The list of challenges at two sizes, beside the same template with its rows already in hand.

Each size runs in a process of its own, so that its peak of memory is its own.
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
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from flask_migrate import upgrade
from sqlalchemy import insert

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
SIZES = (1_000, 100_000)
RUNS = 40
ADDRESSES = {
    "newest": "/challenges",
    "open, closing first": "/challenges?state=open&order=closing",
    "one word of text": "/challenges?q=harbour",
}


def rows() -> list[dict[str, Any]]:
    """Measure both sizes and give one row for each address."""
    found = []
    for size in SIZES:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.pages", str(size)],
            capture_output=True,
            check=True,
            text=True,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
        )
        found += json.loads(done.stdout)
    return found


def measure(size: int) -> list[dict[str, Any]]:
    """Measure the list with `size` challenges."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        app = create_app(make_settings(data, f"sqlite:///{data / 'bench.db'}"), FixedClock(NOW))
        with app.app_context():
            upgrade()
            _fill(size)
            client = app.test_client()
            return [_row(size, name, address, client.get) for name, address in ADDRESSES.items()]


def _row(size: int, name: str, address: str, get: Callable[[str], Any]) -> dict[str, Any]:
    with StatementCounter(db.engine) as counter:
        assert get(address).status_code == 200
    ours = _median(lambda: get(address))
    page = _page_behind(address, get)
    with patch.object(queries, "challenge_page", lambda *_args, **_named: page):
        reference = _median(lambda: get(address))
    return {
        "name": f"Challenge list, {size:,} challenges, {name}",
        "ratio": round(ours / reference, 2),
        "milliseconds": round(ours * 1000, 1),
        "reference_milliseconds": round(reference * 1000, 1),
        "statements": len(counter),
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _page_behind(address: str, get: Callable[[str], Any]) -> queries.Page:
    """Catch the rows that a page shows, for the reference to show them again."""
    kept: list[queries.Page] = []
    real = queries.challenge_page

    def remember(*args: Any, **named: Any) -> queries.Page:
        kept.append(real(*args, **named))
        return kept[-1]

    with patch.object(queries, "challenge_page", remember):
        get(address)
    return kept[0]


def _median(call: Callable[[], object]) -> float:
    """Give the median of seconds over several runs, the first few left out."""
    times = []
    for _run in range(RUNS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times[5:])


def _fill(size: int) -> None:
    """Write `size` published challenges straight into the tables, a third of them open."""
    session = db.session()
    bodies = [a_body(session, NOW, f"Example Body {number}") for number in range(20)]
    lead = a_person(session, NOW, bodies[0], name="Bench Lead Example")
    ids = [new_id() for _number in range(size)]
    session.execute(
        insert(Challenge), [_challenge(i, ids[i], bodies[i % 20], lead) for i in range(size)]
    )
    session.execute(insert(Stage), [_stage(i, ids[i]) for i in range(size)])
    session.commit()


def _challenge(i: int, key: uuid.UUID, body: Organisation, lead: User) -> dict[str, Any]:
    place = ("harbour", "clinic", "forest", "school", "bridge")[i % 5]
    return {
        "id": key,
        "reference": f"CH-{i:06d}",
        "buyer_id": body.id,
        "title": f"How can technology help the {place} number {i}?",
        "summary": f"People who use the {place} wait too long and nobody knows why.",
        "problem": f"The {place} is busy at times that nobody foresees. " * 12,
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
    print(json.dumps(measure(int(sys.argv[1]))))

"""Similar challenges by meaning among 100,000, beside a search by words of the same data.

The vectors are made up, but lean one way and stand in groups of near ones as those of real texts
do. What is compared is what a page pays: candidates by bits, their rows, and the exact measure.
"""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy
from flask_migrate import upgrade
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from challenges import queries
from challenges.listing import Filters, Order
from challenges.models import Challenge
from challenges.similar import index, model, vectors
from challenges.similar.models import ChallengeVector
from challenges.similar.queries import By, similar_to
from marketplace.app import create_app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.benchmarks.pages import NOW, database, fill, median
from tests.conftest import make_settings

SIZE = 100_000
WIDTH = 384
# Real texts of one kind of problem stand together; a group has so many.
GROUP = 25
# At most the time of a search by words.
LIMIT = 1
ASKED = 20
NEAREST = 5
MODEL = "made-up"


def rows() -> Iterator[dict[str, Any]]:
    """Measure on either database."""
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, database(kind, Path(folder)) as url:
            app = create_app(make_settings(Path(folder), url), FixedClock(NOW))
            with (
                app.app_context(),
                patch.object(vectors, "files", lambda: "made up"),
                patch.object(model, "version", lambda _files: MODEL),
            ):
                upgrade()
                fill(SIZE)
                meanings = _meanings()
                _write(db.session(), meanings)
                yield _measure(kind, db.session(), meanings)
                db.session.remove()
                db.engine.dispose()


def _measure(kind: str, session: Session, meanings: Any) -> dict[str, Any]:
    start = time.perf_counter()
    known = index.current(session, MODEL)
    reading = time.perf_counter() - start
    asked = session.scalars(
        select(Challenge).where(Challenge.reference.in_([f"CH-{at:06d}" for at in range(ASKED)]))
    ).all()
    turn = iter(range(10_000))

    def by_meaning() -> None:
        found = similar_to(session, asked[next(turn) % ASKED], now=NOW)
        assert found.by is By.MEANING
        assert found.rows

    def by_words() -> None:
        filters = Filters(text="lighthouse", order=Order.MATCH)
        assert queries.challenge_page(session, filters, now=NOW).rows

    ours, words = median(by_meaning), median(by_words)
    return {
        "name": f"Similar by meaning, {SIZE:,}, {kind}: beside a search by words",
        "ratio": round(ours / words, 2),
        "limit": LIMIT,
        "milliseconds": round(ours * 1000, 1),
        "reference_milliseconds": round(words * 1000, 1),
        "nearest_among_candidates": _kept(known, meanings),
        "index_read_seconds": round(reading, 1),
    }


def _kept(known: index.Index, meanings: Any) -> str:
    """Give how many of the nearest by all of their vectors are among the candidates by bits."""
    even = known.centred(meanings)
    even /= numpy.linalg.norm(even, axis=1, keepdims=True)
    found = 0
    for at in range(ASKED):
        nearest = numpy.argsort(-(even @ even[at]))[: NEAREST + 1]
        candidates = {key.bytes for key in known.nearest(meanings[at])}
        found += sum(known.ids[each].tobytes() in candidates for each in nearest)
    return f"{found} of {ASKED * (NEAREST + 1)}"


def _meanings() -> Any:
    """Make vectors that lean one way, in groups, as signed bytes; always the same ones."""
    chance = numpy.random.default_rng(11)
    leaning = chance.normal(size=WIDTH)
    groups = chance.normal(size=(SIZE // GROUP, WIDTH))
    # Those of a group do not stand beside one another in the table.
    own = chance.normal(size=(SIZE, WIDTH))
    made = leaning + groups[numpy.arange(SIZE) % len(groups)] + own
    return (made / numpy.abs(made).max(axis=1, keepdims=True) * 127).astype(numpy.int8)


def _write(session: Session, meanings: Any) -> None:
    ids = session.scalars(select(Challenge.id).order_by(Challenge.reference)).all()
    for start in range(0, SIZE, 5_000):
        session.execute(
            insert(ChallengeVector),
            [
                {
                    "challenge_id": ids[at],
                    "model": MODEL,
                    "digest": "",
                    "vector": meanings[at].tobytes(),
                    "number": at + 1,
                    "made_at": NOW,
                }
                for at in range(start, start + 5_000)
            ],
        )
    session.commit()

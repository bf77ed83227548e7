"""Databases that were kept at the late steps of one journey, so that a test begins where it likes.

A folder's conftest imports these fixtures; a test names its `step` by parametrising it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.journeys import Journey, Step, a_cast, a_journey, recall

if TYPE_CHECKING:
    from tests.postgres import Server

__all__ = ["database_url", "journey", "kept_databases", "step"]

FIRST = Step.OPENED


@pytest.fixture(scope="session")
def kept_databases(
    template_database: str,
    postgres: "Server | None",
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[Step, str]:
    """Play one journey to its end, keeping a copy of the database at each late step."""
    folder = tmp_path_factory.mktemp("kept")

    def copy(url: str, name: str) -> str:
        if postgres is not None:
            return postgres.create_database(template=make_url(url).database or "")
        shutil.copy(url.removeprefix("sqlite:///"), folder / name)
        return f"sqlite:///{folder / name}"

    url = copy(template_database, "journey.db")
    clock = FixedClock(NOW)
    app = make_app(make_settings(folder / "data", url), clock)
    kept: dict[Step, str] = {}
    with app.app_context():
        journey = a_journey(db.session(), clock, a_cast(db.session(), NOW)).to(Step(FIRST - 1))
        for step in (step for step in Step if step >= FIRST):
            journey.to(step)
            db.session.remove()
            db.engine.dispose()  # lets SQLite fold its journal in, and PostgreSQL copy
            kept[step] = copy(url, f"{step.name}.db")
            journey = recall(db.session(), clock)
            journey.at = step
        db.session.remove()
        db.engine.dispose()
    return kept


@pytest.fixture
def step() -> Step:
    """Name where tests begin that do not say so themselves: with the result computed."""
    return Step.LOCKED


@pytest.fixture
def database_url(
    kept_databases: dict[Step, str], step: Step, postgres: "Server | None", tmp_path: Path
) -> Iterator[str]:
    """Give a fresh copy of the database as it was at `step`."""
    if postgres is None:
        copy = tmp_path / "test.db"
        shutil.copy(kept_databases[step].removeprefix("sqlite:///"), copy)
        yield f"sqlite:///{copy}"
        return
    url = postgres.create_database(template=make_url(kept_databases[step]).database or "")
    yield url
    postgres.drop_database(url)


@pytest.fixture
def journey(session: Session, clock: FixedClock, step: Step) -> Journey:
    """Give the journey, with the clock where the journey stands."""
    found = recall(session, clock)
    found.at = step
    return found

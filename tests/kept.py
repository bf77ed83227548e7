"""Databases that were kept at the late steps of one journey, so that a test begins where it likes.

A folder's conftest imports these fixtures; a test names its `step` by parametrising it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.journeys import Journey, Step, a_cast, a_journey, recall

__all__ = ["database_url", "journey", "kept_databases", "step"]

FIRST = Step.OPENED
# How the folder of a journey begins, within that of the worker's run.
_FOLDER = "kept"


@pytest.fixture(scope="session")
def kept_databases(
    databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory
) -> dict[Step, Kept]:
    """Play one journey to its end, keeping the database at each late step."""
    return keep_steps(databases, blank, tmp_path_factory)


def keep_steps(
    databases: Databases,
    blank: Kept,
    tmp_path_factory: pytest.TempPathFactory,
    *,
    price_model: PriceModel = PriceModel.FIXED_BOUNDS,
) -> dict[Step, Kept]:
    """Play a journey with a price model to its end, keeping the database at each late step."""
    folder = tmp_path_factory.mktemp(_FOLDER)
    url = databases.make(blank, folder)
    clock = FixedClock(NOW)
    app = make_app(make_settings(folder / "data", url), clock)
    kept: dict[Step, Kept] = {}
    with app.app_context():
        cast = a_cast(db.session(), NOW)
        journey = a_journey(db.session(), clock, cast, price_model=price_model)
        journey.to(Step(FIRST - 1))
        for step in (step for step in Step if step >= FIRST):
            journey.to(step)
            db.session.remove()
            db.engine.dispose()  # lets SQLite fold its journal in
            kept[step] = databases.keep(url)
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
    databases: Databases,
    kept_databases: dict[Step, Kept],
    step: Step,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[str]:
    """Give the database as it was at `step` to one test, with the sealed envelopes it names."""
    bring_envelopes(tmp_path_factory, tmp_path / "data")
    with databases.lend(kept_databases[step], tmp_path) as url:
        yield url


def bring_envelopes(folders: pytest.TempPathFactory, data: Path) -> None:
    """Put the sealed envelopes of kept journeys into the data folder of an installation.

    Each folder of tests plays its own journey; by their digests all files can lie together.
    """
    for files in folders.getbasetemp().glob(f"{_FOLDER}*/data/files"):
        shutil.copytree(files, data / "files", dirs_exist_ok=True)


@pytest.fixture
def journey(session: Session, clock: FixedClock, step: Step) -> Journey:
    """Give the journey, with the clock where the journey stands."""
    found = recall(session, clock)
    found.at = step
    return found

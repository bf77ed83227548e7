"""Databases that were kept at each step of one journey, so that a test begins where it likes.

A folder's conftest imports these fixtures; a test names its `step` by parametrising it. A journey
is played once in a run, whatever folders and workers ask for it.
"""

import pickle
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.factories import count_on, counted
from tests.journeys import Journey, Step, a_cast, a_journey, recall
from tests.once import once_in_a_run

__all__ = ["database_url", "journey", "kept_databases", "step"]


@dataclass(frozen=True)
class Played:
    """A journey: its database at each step, the folder of all envelopes that it sealed, and how
    far the numbers in its names go."""

    steps: Mapping[Step, Kept]
    files: Path
    counted: int


# What this process has asked for.
_played: dict[tuple[Databases, PriceModel], Played] = {}


@pytest.fixture(scope="session")
def kept_databases(
    databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Step, Kept]:
    """Play one journey to its end, keeping the database at each step."""
    return keep_steps(databases, blank, tmp_path_factory)


def keep_steps(
    databases: Databases,
    blank: Kept,
    folders: pytest.TempPathFactory,
    *,
    price_model: PriceModel = PriceModel.FIXED_BOUNDS,
) -> Mapping[Step, Kept]:
    """Play a journey with a price model to its end, keeping the database at each step."""
    asked = databases, price_model
    if asked not in _played:
        _played[asked] = pickle.loads(  # noqa: S301  (written by another worker of this run)
            once_in_a_run(
                folders,
                f"journey-{price_model.name}",
                lambda: pickle.dumps(_play(databases, blank, folders.mktemp("kept"), price_model)),
                counted=True,
            )
        )
    count_on(_played[asked].counted)
    return _played[asked].steps


def _play(databases: Databases, blank: Kept, folder: Path, price_model: PriceModel) -> Played:
    url = databases.make(blank, folder)
    clock = FixedClock(NOW)
    app = make_app(make_settings(folder / "data", url), clock)
    kept: dict[Step, Kept] = {}
    with app.app_context():
        cast = a_cast(db.session(), NOW)
        journey = a_journey(db.session(), clock, cast, price_model=price_model)
        for step in Step:
            journey.to(step)
            db.session.remove()
            db.engine.dispose()  # lets SQLite fold its journal in
            kept[step] = databases.keep(url)
            journey = recall(db.session(), clock)
            journey.at = step
        db.session.remove()
        db.engine.dispose()
    return Played(kept, folder / "data" / "files", counted())


@pytest.fixture
def step() -> Step:
    """Name where tests begin that do not say so themselves: with the result computed."""
    return Step.LOCKED


@pytest.fixture
def database_url(
    databases: Databases,
    kept_databases: Mapping[Step, Kept],
    step: Step,
    tmp_path: Path,
) -> Iterator[str]:
    """Give the database as it was at `step` to one test, with the sealed envelopes it names."""
    bring_envelopes(tmp_path / "data")
    with databases.lend(kept_databases[step], tmp_path) as url:
        yield url


def bring_envelopes(data: Path) -> None:
    """Put the sealed envelopes of kept journeys into the data folder of an installation.

    By their digests the files of all journeys can lie together.
    """
    for played in _played.values():
        shutil.copytree(played.files, data / "files", dirs_exist_ok=True)


@pytest.fixture
def journey(session: Session, clock: FixedClock, step: Step) -> Journey:
    """Give the journey, with the clock where the journey stands."""
    found = recall(session, clock)
    found.at = step
    return found

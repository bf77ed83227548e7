"""The loaded demonstration, loaded once in a run for all who look at it: database and files.

A file that wants it imports the fixture; each worker has a database of its own that it may change
only as its tests tell each other.
"""

import pickle
from dataclasses import dataclass
from pathlib import Path

import pytest

from marketplace.config import Mode
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from marketplace.demonstration.load import load
from marketplace.demonstration.log_words import BEGUN
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.once import lasting_folder, once_in_a_run

__all__ = ["LEFT_BEHIND", "Loaded", "loaded_demonstration"]

# Somebody in the remains of an earlier load that broke off, over which this one was loaded.
LEFT_BEHIND = "left.behind@nowhere.example"


@dataclass(frozen=True)
class Loaded:
    """The demonstration as it was when it was loaded, and the folder with its files and keys."""

    database: Kept
    data: Path


@pytest.fixture(scope="session")
def loaded_demonstration(
    databases: Databases, blank: Kept, database_kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Loaded:
    """Load the demonstration over one that broke off."""
    lasting = lasting_folder(database_kind, "demonstration")

    def loaded() -> bytes:
        folder = lasting or tmp_path_factory.mktemp("loaded")
        url = databases.make(blank, folder)
        clock = FixedClock(NOW)
        app = make_app(make_settings(folder / "data", url, mode=Mode.DEMONSTRATION), clock)
        with app.app_context():
            with transaction() as session:
                session.add(User(email=LEFT_BEHIND, name="A", created_at=NOW, fs_uniquifier="a"))
                log.append(session, clock=clock, action=BEGUN)
            load(clock)
            db.session.remove()
            db.engine.dispose()  # lets SQLite fold its journal in
        return pickle.dumps(Loaded(databases.keep(url), folder / "data"))

    found: Loaded = pickle.loads(  # noqa: S301  (written by another worker of this run)
        # Counted: nothing else goes through what the loader does.
        once_in_a_run(tmp_path_factory, "demonstration", loaded, counted=True, lasting=lasting)
    )
    return found

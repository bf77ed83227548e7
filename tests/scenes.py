"""Scenes that are built once in a run, and given to every test that begins with one: owns that.

What a builder leaves in the database is kept, and so is what it returns: values, mappings and
dataclasses of them, with rows of the database named by their keys, since each test has rows,
session and clock of its own.
"""

import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Generic, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from marketplace.core.clock import FixedClock
from marketplace.core.database import Base, db
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.factories import count_on, counted
from tests.once import lasting_folder, once_in_a_run

T = TypeVar("T")


class _Keeper(pickle.Pickler):
    """Names rows, session and clock instead of keeping them."""

    def persistent_id(self, thing: object) -> object:
        """Name what each test has of its own."""
        if isinstance(thing, Base):
            return "row", type(thing), sa.inspect(thing).identity
        if isinstance(thing, Session):
            return "session", None, None
        if isinstance(thing, FixedClock):
            return "clock", None, None
        return None


class _Giver(pickle.Unpickler):
    """Puts a test's own rows, session and clock where they were named."""

    def __init__(self, told: bytes, session: Session, clock: FixedClock) -> None:
        super().__init__(BytesIO(told))
        self._own: dict[str, object] = {"session": session, "clock": clock}
        self._session = session

    def persistent_load(self, named: tuple[str, type[Base], tuple[Any, ...]]) -> object:
        """Give what was named."""
        what, table, key = named
        return self._session.get_one(table, key) if what == "row" else self._own[what]


@dataclass(frozen=True)
class KeptScene(Generic[T]):
    """A scene: its database, the folder of its files, its instant, and what its builder told.

    `counted` is how far the numbers in its names go.
    """

    database: Kept
    files: Path
    at: datetime
    told: bytes
    counted: int

    def bring_files(self, data: Path) -> None:
        """Put its files into the data folder of an installation."""
        if self.files.exists():
            shutil.copytree(self.files, data / "files", dirs_exist_ok=True)

    def give(self, session: Session, clock: FixedClock) -> T:
        """Give the scene to a test on a copy of its database; the clock goes to its instant."""
        clock.instant = self.at
        count_on(self.counted)
        given: T = _Giver(self.told, session, clock).load()
        return given


class Scenes:
    """Keeps the scenes of a run."""

    def __init__(
        self, kind: str, databases: Databases, blank: Kept, folders: pytest.TempPathFactory
    ) -> None:
        self._kind = kind
        self._databases = databases
        self._blank = blank
        self._folders = folders
        self._kept: dict[str, KeptScene[Any]] = {}

    def keep(
        self, name: str, build: Callable[[Session, FixedClock], T], *, measured: bool = True
    ) -> KeptScene[T]:
        """Give the scene of that name, which is built if no worker has done so in this run.

        What building it goes through is left out of the coverage unless it is `measured`.
        """
        if name not in self._kept:
            lasting = lasting_folder(self._kind, f"scene-{name}")
            self._kept[name] = pickle.loads(  # noqa: S301  (written by another worker of this run)
                once_in_a_run(
                    self._folders,
                    f"scene-{name}",
                    lambda: pickle.dumps(self._build(build, lasting)),
                    counted=measured,
                    lasting=lasting,
                )
            )
        return self._kept[name]

    def _build(
        self, build: Callable[[Session, FixedClock], T], lasting: Path | None
    ) -> KeptScene[T]:
        folder = lasting or self._folders.mktemp("scene")
        url = self._databases.make(self._blank, folder)
        clock = FixedClock(NOW)
        app = make_app(make_settings(folder / "data", url), clock)
        with app.app_context():
            told = BytesIO()
            _Keeper(told).dump(build(db.session(), clock))
            db.session.remove()
            db.engine.dispose()  # lets SQLite fold its journal in
        kept = self._databases.keep(url)
        return KeptScene(kept, folder / "data" / "files", clock.now(), told.getvalue(), counted())

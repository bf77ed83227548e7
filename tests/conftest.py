"""Fixtures: an application with its own database for each test, on SQLite or PostgreSQL."""

import gc
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session

from marketplace.config import Mode, Settings
from marketplace.core.accounts import sessions
from marketplace.core.accounts.models import User
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.vault.keyring import MasterKey
from tests.applications import make_app, shared_fonts, shared_routes
from tests.databases import Databases, Files, Kept, Tables

if TYPE_CHECKING:
    from tests.postgres import Server
    from tests.scenes import KeptScene, Scenes

# A Tuesday morning in winter, far from a change of clocks.
NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
LOG_KEY = Signer("market.example/log", b"\x07" * 32)
MASTER_KEY = MasterKey(b"\x09" * 32)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run choose its database, or write the readable tables anew, for review."""
    parser.addoption(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="the database"
    )
    parser.addoption("--write-tables", action="store_true", help="write the tables in tests/golden")


# What takes long to make and serves several tests.
LONG = ("crawl", "loaded_demonstration", "printed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that have long fixtures, those of each together.

    So no worker is left alone with one at the end, or waits for another to have made it.
    """

    def rank(item: pytest.Item) -> int:
        names = getattr(item, "fixturenames", ())
        return next((at for at, name in enumerate(LONG) if name in names), len(LONG))

    items.sort(key=rank)


def pytest_collection_finish() -> None:
    """Have Python look for garbage seldom, and never among what was imported.

    Else a fifth of the run goes into it, since each test makes an application of many objects.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def database_kind(request: pytest.FixtureRequest) -> str:
    """Name the database of this run."""
    return str(request.config.getoption("--database"))


@pytest.fixture(scope="session")
def postgres(database_kind: str) -> "Iterator[Server | None]":
    """Give a throwaway server for the run, or nothing where the run is on SQLite."""
    if database_kind != "postgresql":
        yield None
        return
    from tests.postgres import running

    with running() as server:
        yield server


@pytest.fixture(scope="session", autouse=True)
def shared() -> Iterator[None]:
    """Share compiled routes and unpacked fonts between the applications of the run."""
    with shared_routes(), shared_fonts():
        yield


def make_settings(folder: Path, database_url: str, **changes: object) -> Settings:
    """Give settings for a test: cheap passwords, no rate limits in the way, the same keys for all.

    A copied database names the key that signed in it, and holds keys that the master key wrapped,
    whatever folder it was made in.
    """
    keys = folder / "keys"
    if not keys.exists():
        keys.mkdir(parents=True)
        (keys / "log.key").write_text(LOG_KEY.secret())
        (keys / "master.key").write_text(str(MASTER_KEY))
    values: dict[str, object] = {
        "secret_key": "a key for tests only, of no use anywhere else",
        "data": folder,
        "database_url": database_url,
        "mode": Mode.PRODUCTION,
        "password_memory_kib": 8,
        "password_passes": 1,
        "opening_memory_kib": 8,
        "opening_passes": 1,
        "sign_in_rate": "1000 per minute",
        # Few tests are about meaning, and the model takes 200 MB of memory.
        "similar_model": folder / "no model here",
        "testing": True,
    }
    return Settings(**{**values, **changes})  # type: ignore[arg-type]  # changes are checked by name


@pytest.fixture(scope="session")
def template_database(
    database_kind: str, postgres: "Server | None", tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Migrate one empty database; all others begin as copies of it."""
    folder = tmp_path_factory.mktemp("template")
    file = f"sqlite:///{folder / 'template.db'}"
    url = file if postgres is None else postgres.create_database()
    app = make_app(make_settings(folder, url))
    with app.app_context():
        upgrade()
        if postgres is None:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.session.remove()
        db.engine.dispose()
    return url


@pytest.fixture(scope="session")
def databases(template_database: str, postgres: "Server | None") -> Databases:
    """Give the way to keep databases and to give them again."""
    if postgres is None:
        return Files()
    return Tables(postgres, template_database)


@pytest.fixture(scope="session")
def blank(databases: Databases, template_database: str) -> Kept:
    """Give the migrated database, empty as it is when a site begins."""
    return databases.keep(template_database)


@pytest.fixture(scope="session")
def scenes(
    database_kind: str, databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory
) -> "Scenes":
    """Give the way to build a scene once in a run."""
    from tests.scenes import Scenes

    return Scenes(database_kind, databases, blank, tmp_path_factory)


@pytest.fixture
def database_url(
    request: pytest.FixtureRequest, databases: Databases, blank: Kept, tmp_path: Path
) -> Iterator[str]:
    """Give a migrated database to one test: with its `kept_scene` if it asks for one, else empty.

    Tests ask for it by a fixture of theirs that gives the scene: see CONTRIBUTING.
    """
    begin = blank
    if "kept_scene" in request.fixturenames:
        kept: KeptScene[object] = request.getfixturevalue("kept_scene")
        kept.bring_files(tmp_path / "data")
        begin = kept.database
    with databases.lend(begin, tmp_path) as url:
        yield url


@pytest.fixture
def clock() -> FixedClock:
    """Give the clock that the application reads; a test moves it by setting `instant`."""
    return FixedClock(NOW)


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Give the application's settings; a test module may override this fixture."""
    return make_settings(tmp_path / "data", database_url)


@pytest.fixture
def app(settings: Settings, clock: FixedClock) -> Iterator[Flask]:
    """Give an application on a fresh database, within its context."""
    app = make_app(settings, clock)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def session(app: Flask) -> Session:
    """Give the application's session, for builders and for looking."""
    session: Session = db.session()
    return session


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without script that has not signed in."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


def sign_in(
    client: FlaskClient,
    user: User,
    organisation_id: uuid.UUID | None = None,
    *,
    second_factor: bool = True,
) -> None:
    """Sign `user` in without the pages, acting for the organisation given, else for the first."""
    membership = next(
        (m for m in user.memberships if m.organisation_id == organisation_id),
        user.memberships[0] if user.memberships else None,
    )
    now = client.application.extensions["clock"].now()
    secret = sessions.stand(db.session(), user.id, now, second_factor=second_factor)
    db.session.commit()
    with client.session_transaction() as held:
        held.clear()
        held[sessions.KEY] = secret
        held["_user_id"] = user.fs_uniquifier
        held["_fresh"] = True
        held["fs_cc"] = "set"
        held["fs_paa"] = datetime.now(UTC).timestamp()
        if membership is not None:
            held["membership"] = str(membership.id)


def count_statements(session: Session) -> "StatementCounter":
    """Count the statements that the application's engine runs from now on."""
    return StatementCounter(session.get_bind())  # type: ignore[arg-type]  # an Engine here


class StatementCounter:
    """Counts SELECT, INSERT, UPDATE and DELETE while it is entered."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self.statements: list[str] = []

    def _note(self, _c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().split(" ", 1)[0].upper() in {
            "SELECT",
            "WITH",
            "INSERT",
            "UPDATE",
            "DELETE",
        }:
            self.statements.append(statement)

    def __enter__(self) -> "StatementCounter":
        sa.event.listen(self.engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_error: object) -> None:
        sa.event.remove(self.engine, "before_cursor_execute", self._note)

    def __len__(self) -> int:
        return len(self.statements)

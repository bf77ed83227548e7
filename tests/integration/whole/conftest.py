"""One world for the whole run of a worker, and one crawl over all its routes as everybody."""

import pickle
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from flask_login import current_user
from sqlalchemy.orm import Session

import marketplace.app
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases
from tests.integration.challenges.browser import Browser
from tests.integration.whole.rows import Row, rows_of
from tests.integration.whole.world import ACTORS, Seen, Thing, World, build, resetter
from tests.journeys import Cast
from tests.once import once_in_a_run
from tests.scenes import Scenes

Told = tuple[Cast, dict[str, Thing], dict[str, str], dict[str, dict[str, Any]]]


@dataclass(frozen=True)
class Crawl:
    """What every request of the table came to, by row and actor."""

    rows: list[Row]
    seen: dict[tuple[Row, str], Seen]


def _told(_session: Session, clock: FixedClock) -> Told:
    """Build the world, and tell all of it that does not belong to one application."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy has it
    built = build(app, clock)
    return built.cast, built.things, built.ids, built.sessions


@pytest.fixture(scope="session")
def world(databases: Databases, scenes: Scenes, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Give this worker a copy of the world, which is built once in a run."""
    kept = scenes.keep("world", _told, measured=False)
    folder = tmp_path_factory.mktemp("world")
    kept.bring_files(folder / "data")
    clock = FixedClock(NOW)
    app = make_app(make_settings(folder / "data", databases.make(kept.database, folder)), clock)
    with app.app_context():
        cast, things, ids, sessions = kept.give(db.session(), clock)
        db.session.remove()
        db.engine.dispose()
    # Who signed in when another run built it would be asked to do so again.
    for held in sessions.values():
        if "fs_paa" in held:
            held["fs_paa"] = datetime.now(UTC).timestamp()
    return World(app, resetter(app, databases), cast, things, ids, sessions)


@pytest.fixture(scope="session")
def crawl(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Crawl:
    """Ask for every row of the table as every actor; several workers share one crawl."""
    found: Crawl = pickle.loads(  # noqa: S301  (written by another worker of this run)
        once_in_a_run(
            tmp_path_factory,
            "crawl",
            lambda: pickle.dumps(_crawl(request.getfixturevalue("world"))),
        )
    )
    return found


def _crawl(world: World) -> Crawl:
    rules = rows_of(world.app)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(marketplace.app, "_page", _once_for_each(marketplace.app._page))
        seen = {
            (row, actor): world.see(row.method, world.path(rule, row.thing), actor)
            for row, rule in rules
            for actor in ACTORS
        }
    return Crawl([row for row, _rule in rules], seen)


def _once_for_each(page: Callable[[int, str | None], str]) -> Callable[[int, str | None], str]:
    """Make the page of an error once for each person: most answers are that, and it is the same.

    Who is refused what is asked here; the pages have tests of their own.
    """
    made: dict[tuple[int, str | None], str] = {}

    def given(status: int, message: str | None) -> str:
        asked = status, current_user.get_id()
        if asked not in made:
            made[asked] = page(status, message)
        return made[asked]

    return given


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

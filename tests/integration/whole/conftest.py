"""One world for the whole run of a worker, and one crawl over all its routes as everybody."""

import pickle
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient

from marketplace.core.clock import FixedClock
from tests.applications import make_app
from tests.conftest import NOW, make_settings
from tests.databases import Databases, Kept
from tests.integration.challenges.browser import Browser
from tests.integration.whole.rows import Row, rows_of
from tests.integration.whole.world import ACTORS, Seen, World, build, resetter
from tests.once import once_in_a_run, uncounted


@dataclass(frozen=True)
class Crawl:
    """What every request of the table came to, by row and actor."""

    rows: list[Row]
    seen: dict[tuple[Row, str], Seen]


@pytest.fixture(scope="session")
def world(databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Build the world once."""
    folder = tmp_path_factory.mktemp("world")
    url = databases.make(blank, folder)
    clock = FixedClock(NOW)
    app = make_app(make_settings(folder / "data", url), clock)
    with uncounted():
        built = build(app, clock)
    built.reset = resetter(app, databases)
    return built


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
    seen = {
        (row, actor): world.see(row.method, world.path(rule, row.thing), actor)
        for row, rule in rules
        for actor in ACTORS
    }
    return Crawl([row for row, _rule in rules], seen)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

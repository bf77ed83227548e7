"""A real site on a real port with a clock that tests move, and a real browser without script."""

import logging
import os
import re
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask, Response, g, has_request_context, request
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from tests.applications import make_app
from tests.browser.person import Person
from tests.conftest import NOW, make_settings, sign_in
from tests.journeys import Journey, a_cast, a_journey

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything here, so that the quick run can leave it out."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


QUERIES = frozenset({"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"})
# What appending an entry asks and writes, the checkpoint to come included.
LOGS = re.compile(r"(FROM|INTO|UPDATE) (log_\w+|job)\b")


@dataclass
class Site:
    """A running site: its address, its application, and the clock it goes by."""

    app: Flask
    address: str
    clock: FixedClock
    # Method, path and number of statements of each page that was shown, without those by which
    # the log takes the entry of a recorded reading: they are the log's and the same for each.
    pages: deque[tuple[str, str, int]] = field(default_factory=deque)

    def count_statements(self) -> None:
        """Keep with each page how many statements it took; to be called before the first."""

        def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
            if has_request_context() and statement.lstrip().split(None, 1)[0].upper() in QUERIES:
                g.setdefault("statements", []).append(statement)

        def keep(response: Response) -> Response:
            if response.mimetype == "text/html" and response.status_code not in (302, 303):
                self.pages.append((request.method, request.path, _own(g.get("statements", []))))
            return response

        with self.app.app_context():
            sa.event.listen(db.engine, "before_cursor_execute", note)
        self.app.after_request(keep)

    def session_of(self, person: uuid.UUID, organisation: uuid.UUID | None) -> SetCookieParam:
        """Sign somebody in without the pages, and give the cookie of their session."""
        client = self.app.test_client()
        with self.app.app_context():
            sign_in(client, db.session.get_one(User, person), organisation)
            db.session.remove()
        cookie = client.get_cookie("session")
        assert cookie is not None
        return {"name": "session", "value": cookie.value, "url": self.address}

    def sweep(self) -> None:
        """Do the work for later that is due, as the sweeper beside a real site does."""
        with self.app.app_context():
            jobs.run_due(self.clock)
            db.session.remove()


def _own(statements: list[str]) -> int:
    """Count a page's statements; those of the log count only where no entry was appended."""
    appended = any("INSERT INTO log_entry" in statement for statement in statements)
    return sum(1 for statement in statements if not (appended and LOGS.search(statement)))


@contextmanager
def serving(app: Flask, clock: FixedClock) -> Iterator[Site]:
    """Serve the application on a free port of this machine."""
    # A line for each request would bury what a failure says.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    site = Site(app, f"http://127.0.0.1:{server.server_port}", clock)
    site.count_statements()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    """Give the settings of the site; a module may override this fixture."""
    return make_settings(tmp_path / "data", database_url)


@pytest.fixture
def site(settings: Settings, clock: FixedClock) -> Iterator[Site]:
    """Serve an application of this test's own."""
    with serving(make_app(settings, clock), clock) as site:
        yield site


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser once for the run."""
    with sync_playwright() as playwright:
        # Debian's Chromium looks for updates and hosts of its maker unless it is told not to.
        started = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
            ],
        )
        yield started
        started.close()


@pytest.fixture
def person(browser: Browser, site: Site) -> Iterator[Callable[..., Person]]:
    """Give a way to bring people in, each with a browser of their own without script."""
    contexts = []

    def come(name: str, email: str = "") -> Person:
        context = browser.new_context(java_script_enabled=False, base_url=site.address)
        context.set_default_timeout(15_000)
        contexts.append(context)
        return Person(context, name, email)

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def scripted(browser: Browser, site: Site) -> Iterator[Page]:
    """Give a page with script on, which fails the test when the page reports an error."""
    context = browser.new_context(base_url=site.address)
    context.set_default_timeout(15_000)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console",
        lambda message: (
            faults.append(message.text)
            if message.type == "error" and "Content Security Policy" in message.text
            else None
        ),
    )
    yield page
    context.close()
    assert faults == []


@pytest.fixture
def journey(site: Site) -> Iterator[Journey]:
    """Give the draft of a challenge on this site; a test takes it as far as it needs."""
    with site.app.app_context():
        yield a_journey(db.session(), site.clock, a_cast(db.session(), NOW))
        db.session.remove()


@pytest.fixture
def enter(site: Site, journey: Journey, scripted: Page) -> Callable[[User, str], Page]:
    """Give a way to sign somebody in and open a page, with script."""

    def entered(user: User, path: str) -> Page:
        person, organisation = user.id, user.memberships[0].organisation_id
        journey.session.rollback()
        scripted.context.clear_cookies()
        scripted.context.add_cookies([site.session_of(person, organisation)])
        answer = scripted.goto(path)
        assert answer is not None
        assert answer.status == 200
        return scripted

    return entered

"""A draft and an open challenge of one body, and browsers without script."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from tests.integration.challenges.browser import Browser
from tests.journeys import Cast, Journey, Step, a_cast, a_journey


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def cast(session: Session, clock: FixedClock) -> Cast:
    return a_cast(session, clock.now())


@pytest.fixture
def draft(session: Session, clock: FixedClock, cast: Cast) -> Journey:
    """Begin a challenge."""
    return a_journey(session, clock, cast, title="How do we find shade?")


@pytest.fixture
def published(session: Session, clock: FixedClock, cast: Cast) -> Journey:
    """Publish a challenge that takes bids, and send the letters of that."""
    journey = a_journey(session, clock, cast, title="How do we find water?").to(Step.OPEN)
    while jobs.run_due(clock):
        pass
    return journey

"""A journey that has come to the announced intention, and a browser for each request anew."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.challenges.browser import Browser
from tests.journeys import Step
from tests.kept import database_url, journey, kept_databases

__all__ = ["client", "database_url", "journey", "kept_databases", "step"]


@pytest.fixture
def step() -> Step:
    """Begin when the intention is announced."""
    return Step.INTENTION


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

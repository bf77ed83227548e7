"""A journey that has come to its late steps, and a browser for each request anew."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.challenges.browser import Browser
from tests.kept import database_url, journey, kept_databases, step

__all__ = ["client", "database_url", "journey", "kept_databases", "step"]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

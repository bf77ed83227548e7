"""A browser for each request anew, so that one test can be several people."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.integration.challenges.browser import Browser


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

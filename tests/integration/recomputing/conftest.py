"""A journey whose price formula is relative: when a bid goes, the points of the others move."""

from collections.abc import Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from challenges.kinds import PriceModel
from tests.databases import Databases, Kept
from tests.integration.challenges.browser import Browser
from tests.journeys import Step
from tests.kept import database_url, journey, keep_steps, step

__all__ = ["client", "database_url", "journey", "kept_databases", "step"]


@pytest.fixture(scope="session")
def kept_databases(
    databases: Databases, blank: Kept, tmp_path_factory: pytest.TempPathFactory
) -> Mapping[Step, Kept]:
    """Play one journey whose price points follow from the lowest price."""
    return keep_steps(databases, blank, tmp_path_factory, price_model=PriceModel.LOWEST_PRICE_RATIO)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()

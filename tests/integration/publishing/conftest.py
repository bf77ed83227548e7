"""A journey that has come to its late steps, and a browser for each request anew."""

from tests.integration.award.conftest import client
from tests.kept import database_url, journey, kept_databases, step

__all__ = ["client", "database_url", "journey", "kept_databases", "step"]

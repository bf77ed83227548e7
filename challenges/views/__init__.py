"""Pages of challenges: finding and reading them, writing them, and the steps of review."""

from challenges.views import criteria, public, review, writing
from challenges.views.room import blueprint

__all__ = ["blueprint", "criteria", "public", "review", "writing"]

"""Pages of challenges: finding and reading them, writing them, and the steps of officers."""

from challenges.views import criteria, deadlines, method, openers, public, review, rules, writing
from challenges.views.room import blueprint

__all__ = [
    "blueprint",
    "criteria",
    "deadlines",
    "method",
    "openers",
    "public",
    "review",
    "rules",
    "writing",
]

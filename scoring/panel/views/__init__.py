"""The panel's pages, each kind in a module of its own; importing this brings all the routes."""

from scoring.panel.views import desk, files, guarding, members, moderation, scoring
from scoring.panel.views.frame import blueprint

__all__ = ["blueprint", "desk", "files", "guarding", "members", "moderation", "scoring"]

"""Pages of stages: what they are, templates of them, and packs of criteria."""

from challenges.stages.views import packs, steps, templates
from challenges.stages.views.room import blueprint

__all__ = ["blueprint", "packs", "steps", "templates"]

"""Pages of stages: what they are, templates of them, and packs of criteria."""

from challenges.stages.views import carrying, packs, steps, templates
from challenges.stages.views.room import blueprint

__all__ = ["blueprint", "carrying", "packs", "steps", "templates"]

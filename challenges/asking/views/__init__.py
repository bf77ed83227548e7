"""Pages of questions and answers: for everybody, for suppliers who ask, and the body's desk."""

from challenges.asking.views import answers, desk, public
from challenges.asking.views.room import blueprint

__all__ = ["answers", "blueprint", "desk", "public"]

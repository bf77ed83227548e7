"""Joint sponsors. Pure."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from challenges.sections.base import TITLE_MOST, Part, Section
from marketplace.core.text import N_

SPONSORS_MOST = 20


@dataclass(frozen=True)
class Sponsors(Part):
    """Bodies that join in, by name; in any order, each once."""

    section: ClassVar[Section] = Section.SPONSORS

    names: tuple[str, ...] = ()

    def kept(self) -> Self:
        """Give the names sorted and without repetitions and blanks."""
        return replace(
            self, names=tuple(sorted({" ".join(name.split()) for name in self.names} - {""}))
        )

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        if len(self.names) > SPONSORS_MOST:
            return {"names": N_("Name at most 20 joint sponsors.")}
        if any(len(name) > TITLE_MOST for name in self.names):
            return {"names": N_("Shorten each name to 200 characters or fewer.")}
        return {}

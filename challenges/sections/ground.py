"""The ground on which bidders build: what was tried, what is fixed, what they are given. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long


@dataclass(frozen=True)
class Tried(Part):
    """What was tried, and why it was not enough; light Markdown."""

    section: ClassVar[Section] = Section.TRIED

    tried: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})


@dataclass(frozen=True)
class Constraints(Part):
    """What every answer must respect; light Markdown."""

    section: ClassVar[Section] = Section.CONSTRAINTS

    constraints: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})


@dataclass(frozen=True)
class Support(Part):
    """What bidders are given: data and places (`support`), and people's time; light Markdown."""

    section: ClassVar[Section] = Section.SUPPORT

    support: str = ""
    people_offered: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})

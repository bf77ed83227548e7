"""The people it affects. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long


@dataclass(frozen=True)
class People(Part):
    """Who has the problem, how many they are, and what they said when asked; light Markdown."""

    section: ClassVar[Section] = Section.PEOPLE

    affected: str = ""
    research: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})

"""The outcome, and the benefits beyond it. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long


@dataclass(frozen=True)
class Outcome(Part):
    """What success would look like, and how one would know; light Markdown."""

    section: ClassVar[Section] = Section.OUTCOME

    outcome: str = ""
    measures: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})


@dataclass(frozen=True)
class Benefits(Part):
    """What good it should do besides: for a place, for work, for the climate; light Markdown."""

    section: ClassVar[Section] = Section.BENEFITS

    benefits: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})

"""The outcome. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long


@dataclass(frozen=True)
class Outcome(Part):
    """What success would look like, and what bidders can build on; light Markdown."""

    section: ClassVar[Section] = Section.OUTCOME

    outcome: str = ""
    measures: str = ""
    tried: str = ""
    constraints: str = ""
    support: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        return too_long(self, {})

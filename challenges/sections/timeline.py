"""When bidding ends. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from challenges.sections.base import Part, Section


@dataclass(frozen=True)
class Timeline(Part):
    """When bidding ends. At that instant it is too late."""

    section: ClassVar[Section] = Section.TIMELINE

    closes_at: datetime | None = None

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field: nothing, for a draft may wait past any date."""
        return {}

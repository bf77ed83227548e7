"""When bidding and asking end, and what is planned after it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from challenges.sections.base import Part, Section
from marketplace.core.text import N_


@dataclass(frozen=True)
class Timeline(Part):
    """When bidding ends: at that instant it is too late. The days after it are planned only."""

    section: ClassVar[Section] = Section.TIMELINE

    closes_at: datetime | None = None
    questions_until: datetime | None = None
    interviews_on: date | None = None
    decision_on: date | None = None
    starts_on: date | None = None

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field; a draft may wait past any date."""
        if self.closes_at and self.questions_until and self.questions_until >= self.closes_at:
            return {
                "questions_until": N_("The last time for questions must be before bidding closes.")
            }
        return {}

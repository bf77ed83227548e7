"""Place and sector. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long
from challenges.words import Reach, Region, Sector
from marketplace.core.text import N_

ROUND_MOST = 40


@dataclass(frozen=True)
class Place(Part):
    """Where, for which part of public life, how far it reaches, and who pools with whom."""

    section: ClassVar[Section] = Section.PLACE
    lines: ClassVar[frozenset[str]] = frozenset({"round"})

    region: str | None = None
    sector: str | None = None
    round: str | None = None
    reach: str | None = None
    pooling: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, {"round": ROUND_MOST})
        if self.reach is not None and self.reach not in set(Reach):
            found["reach"] = N_("Choose how far the problem reaches.")
        if self.region is not None and self.region not in set(Region):
            found["region"] = N_("Choose a region from the list.")
        if self.sector is not None and self.sector not in set(Sector):
            found["sector"] = N_("Choose a sector from the list.")
        return found

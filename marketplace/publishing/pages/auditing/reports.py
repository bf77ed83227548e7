"""What was made of an award's reports, and what is still to come. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from scoring.report.values import Edition


@dataclass(frozen=True)
class MadeEdition:
    """A finished edition: its size in bytes, when it was made, and when its time was over."""

    edition: Edition
    made_at: datetime
    size: int
    erased_at: datetime | None = None


@dataclass(frozen=True)
class Work:
    """Jobs about a report that are not done: `making` of the editions for all, `debriefs` of those
    for one bidder each; `failed` counts those that were given up."""

    making: bool = False
    debriefs: int = 0
    failed: int = 0


@dataclass(frozen=True)
class Report:
    """One report of an award, frozen at one instant, with what was made of it.

    `signed` tells that a contract was signed when it was frozen: from then on there is a public
    edition. `debriefs` counts the editions for one bidder, the last made at `debriefed_at`.
    `taken_back` tells that the decision that it tells of was taken back after it was frozen.
    """

    number: int
    frozen_at: datetime
    signed: bool
    editions: Sequence[MadeEdition]
    debriefs: int
    debriefed_at: datetime | None
    work: Work
    taken_back: bool = False

    @property
    def made(self) -> int:
        """Count the files that are finished."""
        return len(self.editions) + self.debriefs

    @property
    def wanted(self) -> int:
        """Count the files that there will be when no work is left."""
        due = {Edition.FULL, Edition.PUBLIC} if self.signed else {Edition.FULL}
        missing = due - {each.edition for each in self.editions}
        return self.made + self.work.debriefs + (len(missing) if self.work.making else 0)

    @property
    def under_way(self) -> bool:
        """Tell whether some file is still being made."""
        return self.made < self.wanted

    def of(self, edition: Edition) -> MadeEdition | None:
        """Give an edition that is one for all; None where it is not made."""
        return next((each for each in self.editions if each.edition is edition), None)


def newest_of(reports: Sequence[Report], edition: Edition) -> MadeEdition | None:
    """Give the newest of an edition from reports of which the newest stands first."""
    return next((made for report in reports if (made := report.of(edition))), None)

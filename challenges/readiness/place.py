"""What is missing about the place. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_place(challenge: "Challenge") -> Iterator[Finding]:
    """Look at region and sector."""
    if not challenge.region:
        yield Finding(Section.PLACE, N_("Choose a region, so that people can find the challenge."))
    if not challenge.sector:
        yield Finding(Section.PLACE, N_("Choose a sector, so that people can find the challenge."))

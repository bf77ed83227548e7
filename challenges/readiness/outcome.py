"""What is missing or weak in the outcome. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_outcome(challenge: "Challenge") -> Iterator[Finding]:
    """Look at the outcome."""
    section = Section.OUTCOME
    if not challenge.outcome:
        yield Finding(section, N_("Say what outcome you want."))
    if not challenge.measures:
        yield Finding(section, N_("There is no measure of success. Say how you would know."))
    if not challenge.support:
        yield advice(section, N_("Say what data, places and people you offer."))

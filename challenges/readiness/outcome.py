"""What is missing or weak in the outcome. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.readiness.products import of_products
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
    yield from of_products(section, challenge.outcome, challenge.measures)


def of_support(challenge: "Challenge") -> Iterator[Finding]:
    """Look at what bidders are given."""
    if not challenge.support and not challenge.people_offered:
        yield advice(Section.SUPPORT, N_("Say what data, places and people you offer."))

"""What is missing about the people affected. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_people(challenge: "Challenge") -> Iterator[Finding]:
    """Look at who is affected, and whether anybody asked them."""
    if not challenge.affected:
        yield Finding(Section.PEOPLE, N_("Say who is affected by the problem."))
    if not challenge.research:
        yield advice(
            Section.PEOPLE,
            N_(
                "Nothing tells what the people affected said. Ask five of them before you publish: "
                "it changes most challenges."
            ),
        )

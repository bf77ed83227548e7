"""Whether bidders can read the terms beforehand. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_documents(challenge: "Challenge") -> Iterator[Finding]:
    """Look for a draft contract, as a file, in words or as an address."""
    if not (
        challenge.terms
        or challenge.terms_link
        or any(document.is_contract for document in challenge.documents)
    ):
        yield advice(
            Section.DOCUMENTS,
            N_("There is no draft contract. Say which terms would hold, before anybody bids."),
        )

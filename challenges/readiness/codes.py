"""What is missing about the codes by which suppliers are told of a notice. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from challenges.law import law_of
from challenges.readiness.finding import Finding
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_codes(challenge: "Challenge", now: datetime) -> Iterator[Finding]:
    """Look for the main code, which is needed where the law asks for a notice."""
    if any(code.main for code in challenge.codes):
        return
    known = challenge.value_minor is not None and challenge.buyer.body_type is not None
    needed = known and law_of(challenge, now).band.notices.contract_required
    yield Finding(
        Section.CODES,
        N_("Choose a main code: suppliers who watch that code are told of the notice."),
        needed=needed,
    )

"""Where a document stands that a preferred bidder is to show, and what holds an approval. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bids.asking.lifecycle import in_time
from marketplace.core.text import N_

DOCUMENT_MOST = 200
TEXT_MOST = 5_000
# Nobody who has to show something reaches these; more would be a second bid in pieces.
DOCUMENTS_MOST = 40
FILES_MOST = 20
MEGABYTES_MOST = 20


class Verdict(StrEnum):
    """What an officer makes of a document that was asked for."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"


VERDICT_WORDS = {
    Verdict.ACCEPTED: N_("Accepted: it shows what was asked"),
    Verdict.REFUSED: N_("Refused: it does not show what was asked, or nothing came"),
    Verdict.NOT_NEEDED: N_("No longer needed"),
}


class Concern(StrEnum):
    """What came of something that was looked at for due diligence."""

    CLEAR = "clear"
    CONCERN = "concern"


CONCERN_WORDS = {
    Concern.CLEAR: N_("Nothing stands in the way"),
    Concern.CONCERN: N_("There is a concern, which the approver should weigh"),
}


class Standing(StrEnum):
    """Where a document stands. `OVERDUE` and `REPLACED` are never stored."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    ANSWERED = "answered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"
    REPLACED = "replaced"


STANDING_WORDS = {
    Standing.WAITING: N_("Waits for the bidder"),
    Standing.OVERDUE: N_("Did not come in time"),
    Standing.ANSWERED: N_("Waits for an officer"),
    Standing.ACCEPTED: N_("Accepted"),
    Standing.REFUSED: N_("Refused"),
    Standing.NOT_NEEDED: N_("No longer needed"),
    Standing.REPLACED: N_("Refused, and asked for again"),
}
# These hold an approval until an officer has decided, or asked again, or let the bidder fail.
OPEN = frozenset({Standing.WAITING, Standing.OVERDUE, Standing.ANSWERED, Standing.REFUSED})
# A document in one of these is still to be decided.
UNDECIDED = frozenset({Standing.WAITING, Standing.OVERDUE, Standing.ANSWERED})


def standing(
    *,
    answer_by: datetime,
    answered: bool,
    verdict: Verdict | None,
    asked_again: bool,
    now: datetime,
) -> Standing:
    """Give where a document stands at `now`; `answer_by` is the limit that holds."""
    if verdict is Verdict.REFUSED and asked_again:
        return Standing.REPLACED
    if verdict is not None:
        return Standing(verdict.value)
    if answered:
        return Standing.ANSWERED
    return Standing.WAITING if in_time(now, answer_by) else Standing.OVERDUE


@dataclass(frozen=True)
class Held:
    """What holds an approval: how many documents wait, and how many were refused for good."""

    waiting: int = 0
    refused: int = 0

    @property
    def any(self) -> bool:
        """Tell whether anything does."""
        return bool(self.waiting or self.refused)


def held(standings: Iterable[Standing]) -> Held:
    """Count what holds an approval, of the documents of all bids that are recommended."""
    waiting = refused = 0
    for each in standings:
        waiting += each in UNDECIDED
        refused += each is Standing.REFUSED
    return Held(waiting, refused)

"""How far a partner is with joining a bid, and how the work is shared out. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from marketplace.core.text import N_

NAME_MOST = 200
DOES_MOST = 500
WORDS_MOST = 2_000
# More of them, and nobody could say any more who does the work.
SUBCONTRACTORS_MOST = 30
PARTNERS_MOST = 10
# How many partners one person invites within a day: nobody's post is flooded.
DAILY_MOST = 20
DAY = timedelta(days=1)
# From this share on a subcontractor is a main one, of whom the panel must know (in percent).
MAIN_FROM = 20
WHOLE = 100


class InvitationState(StrEnum):
    """Where an invitation stands. What was asked and not answered before closing stays so."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    LEFT = "left"
    TAKEN_BACK = "taken_back"


STATE_WORDS: Mapping[InvitationState, str] = {
    InvitationState.ASKED: N_("Not answered"),
    InvitationState.ACCEPTED: N_("Accepted"),
    InvitationState.DECLINED: N_("Declined"),
    InvitationState.LEFT: N_("Left"),
    InvitationState.TAKEN_BACK: N_("Taken back"),
}
# Those that count: the others are told of, and are no part of the bid.
STANDING = frozenset({InvitationState.ASKED, InvitationState.ACCEPTED})


@dataclass(frozen=True)
class LeadShare:
    """What is left for the bidder itself, in whole percent; `most` where a share is not known."""

    percent: int
    most: bool


def lead_share(others: Iterable[int | None]) -> LeadShare:
    """Compute the bidder's own share from those of all others; none where they do all of it."""
    shares = list(others)
    return LeadShare(max(WHOLE - sum(share or 0 for share in shares), 0), None in shares)


def share_fault(share: int | None, others: Iterable[int | None], *, known: bool = True) -> str:
    """Say what is wrong with one more share, in whole percent, or nothing.

    With `known` a share is asked for. The bidder itself does a part of the work, so all others
    together do less than the whole.
    """
    if share is None:
        return N_("Enter the share as a whole number from 1 to 99.") if known else ""
    if not 1 <= share < WHOLE:
        return N_("Enter the share as a whole number from 1 to 99.")
    if share >= lead_share(others).percent:
        return N_("All shares together must be below 100%, so that a part is left for you.")
    return ""

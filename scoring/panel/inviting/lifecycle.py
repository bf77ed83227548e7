"""How long an invitation to a panel stands, and where one is. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core.text import N_

# As long as an invitation to an organisation: a holiday's length.
STANDS_FOR = timedelta(days=14)
# More that wait at once, and it is no panel any more but a mailing.
OPEN_MOST = 20
NAME_MOST = 200


class Standing(StrEnum):
    """Where an invitation stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


STANDING_WORDS = {
    Standing.OPEN: N_("No answer yet"),
    Standing.ACCEPTED: N_("Accepted"),
    Standing.DECLINED: N_("Declined"),
    Standing.WITHDRAWN: N_("Withdrawn"),
    Standing.EXPIRED: N_("Not answered in 14 days"),
}


def standing_of(
    *,
    ends_at: datetime,
    accepted_at: datetime | None,
    declined_at: datetime | None,
    withdrawn_at: datetime | None,
    now: datetime,
) -> Standing:
    """Say where an invitation stands at `now`; at `ends_at` itself it stands no longer."""
    if accepted_at is not None:
        return Standing.ACCEPTED
    if declined_at is not None:
        return Standing.DECLINED
    if withdrawn_at is not None:
        return Standing.WITHDRAWN
    return Standing.EXPIRED if now >= ends_at else Standing.OPEN

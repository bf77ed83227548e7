"""What a committee makes of a recommendation. Pure."""

from enum import StrEnum

from marketplace.core.text import N_

COMMITTEE_MOST = 200
MINUTE_MOST = 200
WORDS_MOST = 10_000
MEGABYTES_MOST = 20


class Outcome(StrEnum):
    """What the committee decided."""

    APPROVED = "approved"
    RETURNED = "returned"
    DEFERRED = "deferred"


OUTCOME_WORDS = {
    Outcome.APPROVED: N_("Approved"),
    Outcome.RETURNED: N_("Returned to the chair of the panel"),
    Outcome.DEFERRED: N_("Put off to a later meeting"),
}

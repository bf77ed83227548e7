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


class Part(StrEnum):
    """A part of the paper: with or without the preferred bidder's name, and the annex."""

    NAMED = "paper"
    UNNAMED = "paper-without-names"
    ANNEX = "exempt-annex"


PART_WORDS = {
    Part.NAMED: N_("Paper, with the preferred bidder’s name"),
    Part.UNNAMED: N_("Paper, without names of bidders"),
    Part.ANNEX: N_("Exempt annex, not for the public"),
}

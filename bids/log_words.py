"""The words for the log's entries about bids, and which of them stay unseen until the opening."""

from marketplace.core.audit import log
from marketplace.core.text import N_

SUBMITTED = "bid.submitted"
WITHDRAWN = "bid.withdrawn"
REFUSED = "bid.refused"
READ = "bid.read"
CONFIRMED = "opening.confirmed"
OPENED = "bids.opened"
DECIDED = "eligibility.decided"

# Their person and their bid tell who takes part, so no page shows them before the opening.
SEALED_UNTIL_OPENING = frozenset({SUBMITTED, WITHDRAWN, REFUSED})

log.register_words(
    {
        SUBMITTED: N_("Bid %(bid)s was submitted (version %(version)s)"),
        WITHDRAWN: N_("Bid %(bid)s was withdrawn"),
        REFUSED: N_("Bid %(bid)s was refused: it was not in time"),
        READ: N_("Bid %(bid)s was read"),
        CONFIRMED: N_("An officer confirmed the opening of bids"),
        OPENED: N_("Two officers opened the bids (%(count)s)"),
        DECIDED: N_("Bid %(bid)s was found %(finding)s: %(reason)s"),
    }
)

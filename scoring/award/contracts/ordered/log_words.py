"""How entries about what a court ordered of a signed contract read, and what is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

RECORDED = "contract.order_recorded"
RETURNED = "contract.order_returned"
CONFIRMED = "contract.order_confirmed"
READ = "contract.order_read"

register(
    {
        # What waits for a second person holds for nobody yet.
        RECORDED: Telling(
            N_("A court’s order %(number)s about contract %(contract)s was recorded"),
            kind=Kind.DECISION,
        ),
        RETURNED: Telling(
            N_("Recorded order %(number)s about contract %(contract)s was returned: %(reason)s"),
            kind=Kind.DECISION,
        ),
        CONFIRMED: Telling(
            N_("A court’s order about contract %(contract)s was confirmed (%(order)s): %(says)s"),
            public=frozenset(
                {
                    *("contract", "number", "order", "made_on", "court", "reference"),
                    *("says", "ends_on", "penalty_minor"),
                }
            ),
            witness=True,
            kind=Kind.DECISION,
        ),
        READ: Telling(
            N_("The file of order %(number)s about contract %(contract)s was read"),
            kind=Kind.READING,
        ),
    }
)

"""How the log's entry about a flagged price reads."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

DECIDED = "low_price.decided"

register(
    {
        # Which prices are low is told with the result and the report, to whom they are for.
        DECIDED: Telling(
            N_("About the low price of bid %(bid)s it was found: %(finding)s (%(reason)s)"),
            kind=Kind.DECISION,
        )
    }
)

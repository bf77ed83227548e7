"""How the log's entries about contracts and their changes read, and what is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

SIGNED = "contract.signed"
TOLD = "contract.told"
PROPOSED = "contract.change_proposed"
RETURNED = "contract.change_returned"
CHANGED = "contract.changed"

register(
    {
        SIGNED: Telling(
            N_("Contract %(contract)s was signed with the supplier of bid %(bid)s"),
            public=frozenset({"bid", "contract", "value_minor", "work", "starts_on", "ends_on"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        TOLD: Telling(
            N_("More was told of contract %(contract)s: its purchase order, or who manages it"),
            kind=Kind.DECISION,
        ),
        # What waits for a second person is not decided, so nobody else is told of it.
        PROPOSED: Telling(
            N_("Change %(number)s of contract %(contract)s waits for another person: %(what)s"),
            kind=Kind.DECISION,
        ),
        RETURNED: Telling(
            N_("Change %(number)s of contract %(contract)s was not confirmed: %(reason)s"),
            kind=Kind.DECISION,
        ),
        # All of it is for everybody.
        CHANGED: Telling(
            N_("Change %(number)s of contract %(contract)s: %(what)s"),
            public=frozenset(
                {
                    *("number", "contract", "what", "why", "ground", "value_before"),
                    *("value_after", "change", "ends_on", "supplier"),
                }
            ),
            kind=Kind.DECISION,
        ),
    }
)

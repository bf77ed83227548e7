"""How the log's entry about a change of a contract reads: all of it is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CHANGED = "contract.changed"

register(
    {
        CHANGED: Telling(
            N_("Change %(number)s of contract %(contract)s: %(what)s"),
            public=frozenset(
                {"number", "contract", "what", "why", "ground", "value_before", "value_after"}
            ),
            kind=Kind.DECISION,
        )
    }
)

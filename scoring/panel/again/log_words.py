"""How the entry of a panel that judges again reads. That it does so is public, and from where."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

AGAIN = "panel.judges_again"

register(
    {
        AGAIN: Telling(
            N_("The panel judges again (%(point)s); prices had been shown: %(reason)s"),
            public=frozenset({"point"}),
            kind=Kind.PANEL,
        )
    }
)

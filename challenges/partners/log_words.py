"""How the log's entries about partners of a draft read; nothing of them is public."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

OFFERED = "partners.offered"
WITHDRAWN = "partners.withdrawn"
WRITTEN = "partners.written"
CONNECTED = "partners.connected"

_KIND = Kind.PUBLICATION

register(
    {
        OFFERED: Telling(N_("The draft was opened to partners"), kind=_KIND),
        WITHDRAWN: Telling(N_("The draft was closed to partners"), kind=_KIND),
        WRITTEN: Telling(N_("%(organisation)s wrote about the draft"), kind=_KIND),
        CONNECTED: Telling(
            N_("A facilitator told the body and %(organisation)s of each other"), kind=_KIND
        ),
    }
)

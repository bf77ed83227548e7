"""How the log's entries about local holidays read. They stand in the site's own chain."""

from marketplace.core.audit.log import Telling, register
from marketplace.core.text import N_

NAMED = "holiday.named"
TAKEN_BACK = "holiday.taken_back"

register(
    {
        NAMED: Telling(N_("%(organisation)s named %(day)s as a local holiday: %(name)s")),
        TAKEN_BACK: Telling(
            N_("%(organisation)s took back the local holiday on %(day)s: %(name)s")
        ),
    }
)

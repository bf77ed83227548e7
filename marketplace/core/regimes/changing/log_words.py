"""How the log's entries about the rules read. They stand in the site's own chain."""

from marketplace.core.audit.log import Telling, register
from marketplace.core.text import N_

PROPOSED = "rules.proposed"
CONFIRMED = "rules.confirmed"
REFUSED = "rules.refused"
CHOSEN = "rules.chosen"

register(
    {
        PROPOSED: Telling(
            N_(
                "A version of the rules “%(regime)s”, %(version)s, was proposed, to be valid from "
                "%(valid_from)s: %(changes)s. Reason: %(reason)s"
            )
        ),
        CONFIRMED: Telling(
            N_("Version %(version)s of the rules “%(regime)s” holds from %(valid_from)s")
        ),
        REFUSED: Telling(
            N_("Version %(version)s of the rules “%(regime)s” was refused: %(reason)s")
        ),
        CHOSEN: Telling(N_("%(organisation)s buys by the rules “%(regime)s”: %(reason)s")),
    }
)

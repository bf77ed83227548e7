"""How the log says where the demonstration begins and ends."""

from marketplace.core.audit.log import Telling, register
from marketplace.core.text import N_

BEGUN = "demonstration.begun"
LOADED = "demonstration.loaded"

register(
    {
        BEGUN: Telling(N_("The demonstration begins: all that follows is made up")),
        LOADED: Telling(N_("The demonstration is loaded: what follows is done by its visitors")),
    }
)

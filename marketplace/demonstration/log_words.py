"""How the log says where the demonstration begins and ends."""

from marketplace.core.audit.log import register_words
from marketplace.core.text import N_

BEGUN = "demonstration.begun"
LOADED = "demonstration.loaded"

register_words(
    {
        BEGUN: N_("The demonstration begins: all that follows is made up"),
        LOADED: N_("The demonstration is loaded: what follows is done by its visitors"),
    }
)

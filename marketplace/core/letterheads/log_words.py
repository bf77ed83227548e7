"""How entries about letterheads read: in the site's own chain, which is disclosed to nobody."""

from marketplace.core.audit.log import Telling, register
from marketplace.core.text import N_

CHANGED = "letterhead.changed"

register({CHANGED: Telling(N_("The letterhead of %(organisation)s was changed: %(what)s"))})

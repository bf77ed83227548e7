"""How the log tells of interviews: of the bidders it tells nothing to the public.

Imported for its effect, by the service.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

OFFERED = "interviews.offered"
CHOSEN = "interview.chosen"
MOVED = "interview.moved"
WITHDRAWN = "interview.withdrawn"
HELD = "interview.held"
MISSED = "interview.missed"
AGAIN = "interview.again"
WITHOUT = "interview.without"


def _told(words: str, public: frozenset[str] = frozenset()) -> Telling:
    return Telling(words, public=public, kind=Kind.PANEL)


register(
    {
        OFFERED: _told(N_("Times for interviews were offered: %(times)s"), frozenset({"times"})),
        CHOSEN: _told(N_("A time for an interview was chosen: %(starts_at)s")),
        MOVED: _told(N_("An interview was moved to %(starts_at)s")),
        WITHDRAWN: _told(N_("A time for an interview was withdrawn: %(starts_at)s")),
        HELD: _told(N_("The interview of bid %(bid)s was held")),
        MISSED: _told(N_("The bidder of bid %(bid)s did not come to the interview")),
        AGAIN: _told(N_("The bidder of bid %(bid)s may choose a time for an interview again")),
        WITHOUT: _told(N_("The panel goes on without an interview about bid %(bid)s")),
    }
)

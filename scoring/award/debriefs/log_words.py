"""How entries about debrief meetings read. Nothing of them is public: each is one bidder's."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ASKED = "debrief.asked"
OFFERED = "debrief.offered"
CHOSEN = "debrief.chosen"
DECLINED = "debrief.declined"
RECORDED = "debrief.recorded"


def _told(words: str) -> Telling:
    return Telling(words, kind=Kind.DECISION)


register(
    {
        ASKED: _told(N_("A debrief meeting was asked for (bid %(bid)s)")),
        OFFERED: _told(N_("Times for a debrief meeting were offered (bid %(bid)s)")),
        CHOSEN: _told(N_("A debrief meeting was agreed (bid %(bid)s)")),
        DECLINED: _told(N_("None of the times for a debrief meeting suited (bid %(bid)s)")),
        RECORDED: _told(N_("A debrief meeting was held (bid %(bid)s)")),
    }
)

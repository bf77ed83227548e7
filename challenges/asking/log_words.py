"""How the log's entries about questions and answers read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ASKED = "clarification.asked"
REWORDED = "clarification.reworded"
ANSWERED = "clarification.answered"
ANSWERED_PRIVATELY = "clarification.answered_privately"
CORRECTED = "clarification.corrected"

_KIND = Kind.PUBLICATION

register(
    {
        # Who asked is told to nobody, in no page and no file; what was asked is for the body.
        ASKED: Telling(
            N_("A supplier asked a question"),
            hidden=frozenset({"supplier_id", "asked_by_id"}),
            kind=_KIND,
        ),
        REWORDED: Telling(
            N_("A question was worded anew, so that it does not tell who asked"), kind=_KIND
        ),
        ANSWERED: Telling(
            N_("Answer %(number)s was published to everybody"),
            public=frozenset({"number", "sha256"}),
            kind=_KIND,
        ),
        # The reason may tell whose idea it was, and evaluators read this before they score: it
        # stays in the entry, which auditors have in the file.
        ANSWERED_PRIVATELY: Telling(N_("A question was answered to the asker alone"), kind=_KIND),
        CORRECTED: Telling(
            N_("Answer %(number)s was corrected: %(reason)s"),
            public=frozenset({"number", "sha256", "reason"}),
            kind=_KIND,
        ),
    }
)

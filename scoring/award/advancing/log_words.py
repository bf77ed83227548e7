"""How the log's entries about who goes on read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CUT_OFF = "cutoff.decided"
PROPOSED = "advance.decided"
CONFIRMED = "advance.confirmed"
RETURNED = "advance.returned"


def _told(words: str, *public: str, witness: bool = False) -> Telling:
    return Telling(words, public=frozenset(public), witness=witness, kind=Kind.DECISION)


register(
    {
        # Which bid stands where is told with the decision, to whom it is for; until then how many.
        CUT_OFF: _told(
            N_("The panel decided which of the bids that tie for the last place go on: %(reason)s")
        ),
        PROPOSED: _told(N_("The chair proposed who goes on from the stage: %(reason)s")),
        CONFIRMED: _told(
            N_("It was confirmed who goes on from the stage (%(count)s): %(reason)s"),
            "count",
            witness=True,
        ),
        RETURNED: _told(N_("The proposal of who goes on was returned: %(reason)s")),
    }
)

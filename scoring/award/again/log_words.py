"""How entries about a decision that is taken again read."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

PROPOSED = "decision.again_proposed"
AGAIN = "decision.taken_back"
APPROVAL_AGAIN = "approval.taken_back"
STANDS = "decision.again_returned"

register(
    {
        PROPOSED: Telling(
            N_("It was proposed to take the decision again (%(point)s): %(reason)s"),
            kind=Kind.DECISION,
        ),
        AGAIN: Telling(
            N_("The intention to award to bid %(bid)s was taken back: it is decided again"),
            public=frozenset({"bid", "point"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        # Nobody outside knows of a decision whose letters had not gone out.
        APPROVAL_AGAIN: Telling(
            N_("The approval of bid %(bid)s, not told yet, was taken back: it is decided again"),
            kind=Kind.DECISION,
        ),
        STANDS: Telling(
            N_("The proposal to take the decision again was returned: %(reason)s"),
            kind=Kind.DECISION,
        ),
    }
)

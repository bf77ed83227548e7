"""How entries about a decision that is taken again read."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

PROPOSED = "decision.again_proposed"
AGAIN = "decision.taken_back"
APPROVAL_AGAIN = "approval.taken_back"
STANDS = "decision.again_returned"
SIFT_AGAIN = "advance.taken_back"
REST_PROPOSED = "rest.end_proposed"
REST_RETURNED = "rest.end_returned"
REST_ENDED = "rest.ended"

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
        SIFT_AGAIN: Telling(
            N_("The list of who goes on from the stage was taken back: it is decided again"),
            public=frozenset({"count", "point"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        REST_PROPOSED: Telling(
            N_("It was proposed that what is not signed ends without award: %(reason)s"),
            kind=Kind.DECISION,
        ),
        REST_RETURNED: Telling(
            N_("The proposal to end what is not signed was returned: %(reason)s"),
            kind=Kind.DECISION,
        ),
        # Which contracts are signed stands in their own entries; who was to have one is public.
        REST_ENDED: Telling(
            N_("What was not signed of the decision ended without award: %(reason)s"),
            public=frozenset({"bids", "reason"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        STANDS: Telling(
            N_("The proposal to take the decision again was returned: %(reason)s"),
            kind=Kind.DECISION,
        ),
    }
)

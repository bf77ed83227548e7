"""How the log's entries about a challenge read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CLOSED = "challenge.closed"

_KIND = Kind.PUBLICATION

register(
    {
        "challenge.created": Telling(N_("The challenge was begun"), kind=_KIND),
        "challenge.submitted_for_review": Telling(
            N_("The challenge was submitted for review"), kind=_KIND
        ),
        "challenge.returned": Telling(
            N_("The challenge was returned to draft: %(reason)s"), kind=_KIND
        ),
        "challenge.approved": Telling(N_("The challenge was approved"), kind=_KIND),
        "challenge.published": Telling(
            N_("The challenge was published, and its evaluation plan frozen (SHA-256 %(plan)s)"),
            public=frozenset(
                {"plan", "closes_at", "value_minor", "regime", "regime_version", "band"}
            ),
            kind=_KIND,
        ),
        CLOSED: Telling(
            N_("The challenge closed to bids, at %(closes_at)s"),
            public=frozenset({"closes_at"}),
            witness=True,
            kind=Kind.OPENING,
        ),
        # It does not disclose the chain: a draft may never have been public, and of bids that were
        # never opened nobody is told even how many there were. Auditors read it all the same.
        "challenge.cancelled": Telling(
            N_("The challenge was cancelled: %(reason)s"),
            public=frozenset({"reason"}),
            witness=True,
            kind=Kind.DECISION,
        ),
        "challenge.stopped": Telling(
            N_("The work was stopped, with lessons learned: %(lessons)s"),
            public=frozenset({"lessons"}),
            witness=True,
            kind=Kind.DECISION,
        ),
    }
)

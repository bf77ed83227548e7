"""How the log's entries about evidence of preferred bidders read.

Who is asked tells who is preferred, which nobody outside knows before the letters: the public reads
that something was asked, auditors read the rest.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ASKED = "preferred.asked"
EXTENDED = "preferred.extended"
ANSWERED = "preferred.answered"
READ = "preferred.read"
DECIDED = "preferred.decided"
LOOKED_UP = "preferred.looked_up"
FAILED = "preferred.failed"

register(
    {
        ASKED: Telling(
            N_("The preferred bidder of %(bid)s was asked for evidence: %(document)s"),
            kind=Kind.DECISION,
        ),
        EXTENDED: Telling(
            N_("The preferred bidder of %(bid)s got more time for evidence: %(reason)s"),
            kind=Kind.DECISION,
        ),
        ANSWERED: Telling(
            N_("Evidence of the preferred bidder of %(bid)s came in (document %(number)s)"),
            kind=Kind.BIDS,
        ),
        READ: Telling(
            N_("Evidence of the preferred bidder of %(bid)s was read (document %(number)s)"),
            kind=Kind.READING,
        ),
        DECIDED: Telling(
            N_(
                "Evidence of the preferred bidder of %(bid)s was decided (document %(number)s, "
                "%(verdict)s): %(reason)s"
            ),
            kind=Kind.DECISION,
        ),
        LOOKED_UP: Telling(
            N_("Something was looked up about the preferred bidder of %(bid)s: %(subject)s"),
            kind=Kind.DECISION,
        ),
        FAILED: Telling(
            N_("The preferred bidder of %(bid)s failed: %(reason)s"), kind=Kind.DECISION
        ),
    }
)

"""How the log's entries about checked evidence read. None of it is for the public."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CHECKED = "evidence.checked"
WITHDRAWN = "evidence.withdrawn"
SHARED = "evidence.shared"
UNSHARED = "evidence.unshared"

register(
    {
        CHECKED: Telling(
            N_("Evidence of the bidder of %(bid)s was checked: %(document)s"), kind=Kind.DECISION
        ),
        WITHDRAWN: Telling(
            N_("A check of evidence about the bidder of %(bid)s was withdrawn: %(reason)s"),
            kind=Kind.DECISION,
        ),
        SHARED: Telling(
            N_("%(supplier)s lets other bodies see what %(body)s checked: %(document)s")
        ),
        UNSHARED: Telling(
            N_("%(supplier)s no longer lets other bodies see what %(body)s checked: %(document)s")
        ),
    }
)

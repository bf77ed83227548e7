"""How the log's entries about awards that a committee decides read."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CHOSEN = "award.route_set"
PAPER = "committee.paper_made"
DECIDED = "committee.decided"
READ = "committee.minute_read"
# What the entry says of who decides where no committee does.
A_PERSON = "an approver"

register(
    {
        CHOSEN: Telling(
            N_("It was said who decides the award: %(committee)s"),
            public=frozenset({"committee"}),
            kind=Kind.DECISION,
        ),
        # Which part was taken and its digest: whoever has the file can tell that it is this one.
        PAPER: Telling(N_("The paper for the committee was made (%(part)s)"), kind=Kind.DECISION),
        DECIDED: Telling(
            N_(
                "%(committee)s decided about the recommendation of bid %(bid)s (%(outcome)s), "
                "minute %(minute)s: %(reason)s"
            ),
            kind=Kind.DECISION,
        ),
        READ: Telling(N_("The minute of %(committee)s was read"), kind=Kind.READING),
    }
)

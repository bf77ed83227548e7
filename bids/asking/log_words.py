"""How the log's entries about queries to bidders read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

ASKED = "bid_query.asked"
EXTENDED = "bid_query.extended"
WITHDRAWN = "bid_query.withdrawn"
ANSWERED = "bid_query.answered"
REFUSED = "bid_query.refused"
DECIDED = "bid_query.decided"
SHOWN = "bid_query.shown"

# Which bid was asked about, and what was said of it, tells how it fares: the public reads that
# there was a query and by when it had to be answered, auditors read the rest.
register(
    {
        ASKED: Telling(
            N_("A bidder was asked about bid %(bid)s (query %(number)s)"),
            public=frozenset({"answer_by"}),
            kind=Kind.DECISION,
        ),
        EXTENDED: Telling(
            N_("A bidder got more time to answer query %(number)s about bid %(bid)s: %(reason)s"),
            public=frozenset({"answer_by", "former"}),
            kind=Kind.DECISION,
        ),
        WITHDRAWN: Telling(
            N_("Query %(number)s about bid %(bid)s was taken back: %(reason)s"),
            kind=Kind.DECISION,
        ),
        ANSWERED: Telling(
            N_("The bidder answered query %(number)s about bid %(bid)s"),
            public=frozenset({"arrived", "answer_by"}),
            kind=Kind.BIDS,
        ),
        REFUSED: Telling(
            N_("An answer to a query about bid %(bid)s was refused: it was not in time"),
            public=frozenset({"arrived", "answer_by"}),
            kind=Kind.REFUSED,
        ),
        DECIDED: Telling(
            N_("Query %(number)s about bid %(bid)s was decided (%(decision)s): %(reason)s"),
            kind=Kind.DECISION,
        ),
        SHOWN: Telling(
            N_("The panel was let see query %(number)s about bid %(bid)s"), kind=Kind.DECISION
        ),
    }
)

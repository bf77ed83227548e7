"""How the log's entries about bids read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

SUBMITTED = "bid.submitted"
WITHDRAWN = "bid.withdrawn"
REFUSED = "bid.refused"
READ = "bid.read"
READ_REFUSED = "bid.read_refused"
OPENING_REFUSED = "opening.refused"
KEY_SET = "opening.key_set"
REHEARSED = "opening.rehearsed"
CONFIRMED = "opening.confirmed"
STOPPED = "opening.stopped"
OPENED = "bids.opened"
LAPSED = "bids.lapsed"
DECIDED = "eligibility.decided"
INVITED = "bids.invited"

register(
    {
        SUBMITTED: Telling(
            N_("Bid %(bid)s was submitted (version %(version)s)"),
            public=frozenset({"bid", "version", "arrived", "closes_at", "envelope", "fields_root"}),
            kind=Kind.BIDS,
        ),
        WITHDRAWN: Telling(
            N_("Bid %(bid)s was withdrawn"),
            public=frozenset({"bid", "version", "arrived", "closes_at"}),
            kind=Kind.BIDS,
        ),
        REFUSED: Telling(
            N_("Bid %(bid)s was refused: it was not in time"),
            public=frozenset({"bid", "reason", "arrived", "closes_at"}),
            kind=Kind.REFUSED,
        ),
        # Which bids the panel reads tells the public which of them count.
        READ: Telling(N_("Bid read: %(bid)s"), kind=Kind.READING),
        READ_REFUSED: Telling(
            N_("An attempt to read bids was refused (%(reason)s)"),
            public=frozenset({"reason"}),
            kind=Kind.REFUSED,
        ),
        OPENING_REFUSED: Telling(
            N_("An attempt to open the bids was refused (%(reason)s)"),
            public=frozenset({"reason"}),
            kind=Kind.REFUSED,
        ),
        # Kept with the bids: before the opening nobody is told how many there are.
        LAPSED: Telling(
            N_("Bids lapsed, because a change was not confirmed before closing: %(bids)s"),
            public=frozenset({"bids"}),
            kind=Kind.BIDS,
        ),
        CONFIRMED: Telling(
            N_("An officer signed for the opening of bids"),
            public=frozenset({"place", "key", "statement"}),
            kind=Kind.OPENING,
        ),
        KEY_SET: Telling(
            N_("An officer who may open the bids set an opening passphrase (key %(key)s)"),
            public=frozenset({"key", "former"}),
            kind=Kind.OPENING,
        ),
        REHEARSED: Telling(N_("An officer tested that they can open the bids"), kind=Kind.OPENING),
        STOPPED: Telling(
            N_("The opening of the bids stopped (%(reason)s), to be tried again"),
            public=frozenset({"reason"}),
            kind=Kind.OPENING,
        ),
        OPENED: Telling(
            N_("Two officers opened the bids (%(count)s)"),
            public=frozenset({"count", "bids", "differing", "flaws"}),
            discloses=True,
            witness=True,
            kind=Kind.OPENING,
        ),
        INVITED: Telling(
            N_("Suppliers were invited to stage %(stage)s (%(count)s)"),
            public=frozenset({"count"}),
            kind=Kind.DECISION,
        ),
        # A bid counts until an officer finds otherwise: whose bid was looked at tells how it fares.
        DECIDED: Telling(N_("Bid %(bid)s was found %(finding)s: %(reason)s"), kind=Kind.DECISION),
    }
)

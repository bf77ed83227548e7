"""The words of the log for bids that were received elsewhere."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

PUT_DOWN = "bringing.put_down"
READ = "bringing.read"
DISCARDED = "bringing.discarded"
BROUGHT = "bids.brought"

register(
    {
        # What was put down before is kept in the record by its digest, also where it is replaced.
        PUT_DOWN: Telling(
            N_("An officer put down bids that were received elsewhere (%(count)s), to be checked"),
            kind=Kind.BIDS,
        ),
        READ: Telling(
            N_("Bids that wait to be brought in were read (%(count)s)"), kind=Kind.READING
        ),
        DISCARDED: Telling(
            N_("An officer threw away bids that waited to be brought in"), kind=Kind.BIDS
        ),
        # A document has no salts: its digest would let prices be guessed, so it is withheld.
        BROUGHT: Telling(
            N_(
                "Two officers brought in the bids that were received elsewhere (%(count)s). "
                "Receipts, seals and their opening were not collected here"
            ),
            public=frozenset({"count", "bids"}),
            discloses=True,
            witness=True,
            kind=Kind.OPENING,
        ),
    }
)

"""How entries about lists, samples and case files read. Nothing of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

LIST_READ = "purchases.read"
LIST_EXPORTED = "purchases.exported"
SAMPLE_DRAWN = "purchases.sampled"
CASE_FILE_MADE = "case_file.made"
CASE_FILE_DOWNLOADED = "case_file.downloaded"

register(
    {
        LIST_READ: Telling(
            N_("The purchases of %(body)s from %(first)s to %(last)s were read: %(count)s"),
            kind=Kind.READING,
        ),
        LIST_EXPORTED: Telling(
            N_(
                "A list of %(body)s from %(first)s to %(last)s was downloaded: "
                "%(what)s (%(sha256)s)"
            ),
            kind=Kind.READING,
        ),
        SAMPLE_DRAWN: Telling(
            N_(
                "A sample of %(size)s was drawn from %(count)s purchases of %(body)s, from "
                "%(first)s to %(last)s, by the seed “%(seed)s”: %(drawn)s"
            ),
            kind=Kind.READING,
        ),
        CASE_FILE_MADE: Telling(
            N_("Case file %(number)s was made, of %(parts)s parts (%(sha256)s)"),
            public=frozenset({"number", "parts"}),
            kind=Kind.SERVICE,
        ),
        CASE_FILE_DOWNLOADED: Telling(
            N_("Case file %(number)s was downloaded (%(sha256)s)"),
            public=frozenset({"number"}),
            kind=Kind.READING,
        ),
    }
)

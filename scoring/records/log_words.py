"""How entries about lists, samples and case files read. Nothing of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

LIST_READ = "purchases.read"
LIST_EXPORTED = "purchases.exported"
SAMPLE_DRAWN = "purchases.sampled"
TIME_SET = "records.time_set"
HELD = "records.held"
HOLD_LIFTED = "records.hold_lifted"
ERASURE_PROPOSED = "records.erasure_proposed"
ERASURE_REFUSED = "records.erasure_refused"
ERASURE_CONFIRMED = "records.erasure_confirmed"
ERASED = "records.erased"
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
        TIME_SET: Telling(
            N_("%(body)s keeps records of the kind “%(kind)s” for %(years)s years"),
            kind=Kind.SERVICE,
        ),
        HELD: Telling(N_("A legal hold was set on the records: %(reason)s"), kind=Kind.SERVICE),
        HOLD_LIFTED: Telling(N_("A legal hold was lifted: %(reason)s"), kind=Kind.SERVICE),
        ERASURE_PROPOSED: Telling(
            N_("It was proposed to erase the records: %(rule)s"), kind=Kind.SERVICE
        ),
        ERASURE_REFUSED: Telling(N_("The records were not erased: %(reason)s"), kind=Kind.SERVICE),
        # Its place is the leave for each row and file that is erased.
        ERASURE_CONFIRMED: Telling(
            N_("It was confirmed that the records are erased: %(rule)s"),
            public=frozenset({"rule"}),
            kind=Kind.SERVICE,
        ),
        ERASED: Telling(
            N_(
                "Records were erased by the leave of entry %(leave)s: "
                "%(rows)s rows, %(files)s files"
            ),
            public=frozenset({"leave", "rows", "files"}),
            kind=Kind.SERVICE,
        ),
    }
)

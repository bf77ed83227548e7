"""How the log entries of reports read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

CERTIFICATE_CHANGED = "report.certificate_changed"
CHECKED = "report.checked"

register(
    {
        CERTIFICATE_CHANGED: Telling(
            N_("The certificate that signs the reports of %(organisation)s is now: %(subject)s")
        ),
        # A report holds what the panel wrote, which nobody guesses: its digests hide it.
        "report.frozen": Telling(
            N_("The facts of award report %(number)s were frozen (%(facts_sha256)s)"),
            public=frozenset({"number", "facts_sha256", "entries", "size"}),
            kind=Kind.DECISION,
        ),
        "report.made": Telling(
            N_("Award report %(number)s was made: %(edition)s edition (%(sha256)s)"),
            public=frozenset({"number", "edition", "sha256"}),
            kind=Kind.DECISION,
        ),
        "report.downloaded": Telling(
            N_("Award report %(number)s was downloaded: %(edition)s edition"),
            public=frozenset({"number", "edition"}),
            kind=Kind.READING,
        ),
        # What came of it is for the body's auditors to tell: here it would be told before them.
        CHECKED: Telling(
            N_(
                "Award report %(number)s was checked: %(edition)s edition (%(sha256)s), %(verdict)s"
            ),
            public=frozenset({"number", "edition"}),
            kind=Kind.READING,
        ),
        "evaluation.downloaded": Telling(
            N_("The evaluation document was downloaded (%(sha256)s)"), kind=Kind.READING
        ),
    }
)

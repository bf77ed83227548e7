"""How the log entries of reports read."""

from marketplace.core.audit.log import register_words
from marketplace.core.text import N_

register_words(
    {
        "report.frozen": N_("The facts of award report %(number)s were frozen (%(facts_sha256)s)"),
        "report.made": N_("Award report %(number)s was made: %(edition)s edition (%(sha256)s)"),
        "report.downloaded": N_("Award report %(number)s was downloaded: %(edition)s edition"),
        "evaluation.downloaded": N_("The evaluation document was downloaded (%(sha256)s)"),
    }
)

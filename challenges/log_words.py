"""How the log's entries about a challenge read to people."""

from marketplace.core.audit import log
from marketplace.core.text import N_

log.register_words(
    {
        "challenge.created": N_("The challenge was begun"),
        "challenge.submitted_for_review": N_("The challenge was submitted for review"),
        "challenge.returned": N_("The challenge was returned to draft: %(reason)s"),
        "challenge.approved": N_("The challenge was approved"),
        "challenge.published": N_(
            "The challenge was published, and its evaluation plan frozen (SHA-256 %(plan)s)"
        ),
        "challenge.cancelled": N_("The challenge was cancelled: %(reason)s"),
        "challenge.stopped": N_("The work was stopped, with lessons learned: %(lessons)s"),
    }
)

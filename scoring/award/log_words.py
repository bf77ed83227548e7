"""How the decision's log entries read."""

from marketplace.core.audit.log import register_words
from marketplace.core.text import N_

register_words(
    {
        "result.computed": N_("The result was computed (evaluation %(evaluation_sha256)s)"),
        "award.recommended": N_("The chair recommended bid %(bid)s: %(reason)s"),
        "award.approved": N_("The recommendation of bid %(bid)s was approved: %(reason)s"),
        "award.returned": N_("The recommendation of bid %(bid)s was returned: %(reason)s"),
        "intention.announced": N_(
            "The intention to award to bid %(bid)s was announced; standstill ends %(standstill)s"
        ),
        "contract.signed": N_("Contract %(contract)s was signed with the supplier of bid %(bid)s"),
    }
)

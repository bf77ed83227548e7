"""How the decision's log entries read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_


def _told(words: str, *public: str, witness: bool = False) -> Telling:
    return Telling(words, public=frozenset(public), witness=witness, kind=Kind.DECISION)


register(
    {
        # The evaluation document holds prices and scores and hardly a word: not even its digest.
        "result.computed": _told(
            N_("The result was computed (evaluation %(evaluation_sha256)s)"), "engine_version"
        ),
        "result.read": Telling(N_("An auditor read the result"), kind=Kind.READING),
        # No checkpoint at once for what is not announced: its minute would tell that it happened.
        "award.recommended": _told(N_("The chair recommended bid %(bid)s: %(reason)s")),
        "award.approved": _told(
            N_("The recommendation of bid %(bid)s was approved: %(reason)s"), "bid", witness=True
        ),
        # Approved, but the bidders are not told before an officer has sent them letters.
        "award.cleared": _told(
            N_(
                "The recommendation of bid %(bid)s was approved, and letters to the bidders "
                "follow: %(reason)s"
            )
        ),
        "award.returned": _told(N_("The recommendation of bid %(bid)s was returned: %(reason)s")),
        "intention.announced": _told(
            N_(
                "The intention to award to bid %(bid)s was announced; "
                "standstill ends %(standstill)s"
            ),
            "bid",
            "standstill",
            witness=True,
        ),
        # Not which letter it was: that would tell whose bid was not judged.
        "letter.sent": _told(
            N_("The intention to award was told to the bidder of bid %(bid)s"), "bid"
        ),
    }
)

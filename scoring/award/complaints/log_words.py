"""How entries about complaints and court proceedings read.

That there is a complaint or a case is for everybody to see; who brought it, and what it says, is
not.
"""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

RECEIVED = "complaint.received"
TAKEN_BACK = "complaint.taken_back"
PROPOSED = "complaint.proposed"
DECIDED = "complaint.decided"
RETURNED = "complaint.returned"
IN_COURT = "court.recorded"
COURT_END = "court.end_recorded"
COURT_ENDED = "court.ended"
COURT_END_RETURNED = "court.end_returned"


def _told(words: str, *public: str) -> Telling:
    return Telling(words, public=frozenset(public), kind=Kind.DECISION)


register(
    {
        RECEIVED: _told(
            N_("Complaint %(number)s about the decision was received"),
            "number",
            "in_time",
        ),
        TAKEN_BACK: _told(N_("Complaint %(number)s was taken back"), "number"),
        PROPOSED: _told(N_("A decision about complaint %(number)s was proposed: %(reason)s")),
        DECIDED: _told(N_("Complaint %(number)s was decided"), "number", "finding"),
        RETURNED: _told(
            N_("The proposed decision about complaint %(number)s was returned: %(reason)s")
        ),
        IN_COURT: _told(
            N_("Proceedings %(number)s in court about the decision were recorded"),
            "number",
            "served",
        ),
        COURT_END: _told(N_("An end of proceedings %(number)s in court was recorded")),
        COURT_ENDED: _told(
            N_("The end of proceedings %(number)s in court was confirmed"),
            "number",
            "how",
        ),
        COURT_END_RETURNED: _told(
            N_("The recorded end of proceedings %(number)s in court was returned: %(reason)s")
        ),
    }
)

"""How the log's entries about work under contracts read, and what of them is for everybody."""

from marketplace.core.audit.log import Kind, Telling, register
from marketplace.core.text import N_

PLANNED = "milestones.planned"
CHANGED = "milestones.changed"
REPORTED = "milestone.reported"
ACCEPTED = "milestone.accepted"
RETURNED = "milestone.returned"
PAID = "milestone.paid"
GATE_PROPOSED = "gate.proposed"
GATE_CONFIRMED = "gate.confirmed"
GATE_RETURNED = "gate.returned"
BEGUN = "work.begun"
ENDED = "work.ended"
FINISHED = "work.finished"
MEASURED = "benefits.measured"
READ = "delivery.read"


def _told(words: str, *public: str, witness: bool = False) -> Telling:
    return Telling(words, public=frozenset(public), witness=witness, kind=Kind.DECISION)


register(
    {
        PLANNED: _told(
            N_("The milestones of contract %(contract)s were written: %(count)s"),
            "contract",
            "count",
        ),
        CHANGED: _told(
            N_("The milestones of contract %(contract)s were changed, version %(version)s"),
            "contract",
            "version",
            "count",
        ),
        REPORTED: _told(
            N_("Milestone %(number)s of contract %(contract)s was reported as delivered"),
            "contract",
            "number",
        ),
        ACCEPTED: _told(
            N_("Milestone %(number)s of contract %(contract)s was accepted: %(title)s"),
            "contract",
            "number",
            "title",
            witness=True,
        ),
        # What was sent back and why is between the body and its supplier.
        RETURNED: _told(
            N_("Milestone %(number)s of contract %(contract)s was sent back: %(reason)s")
        ),
        PAID: _told(
            N_(
                "The payment for milestone %(number)s of contract %(contract)s was recorded: "
                "%(reference)s"
            )
        ),
        # Until it is confirmed nobody outside may know what was proposed.
        GATE_PROPOSED: _told(
            N_("It was proposed what follows from the gate of contract %(contract)s: %(decision)s")
        ),
        GATE_CONFIRMED: _told(
            N_("What follows from the gate of contract %(contract)s was confirmed: %(decision)s"),
            "contract",
            "decision",
            witness=True,
        ),
        GATE_RETURNED: _told(
            N_("The proposal for the gate of contract %(contract)s was returned: %(reason)s")
        ),
        BEGUN: _told(N_("The work began")),
        ENDED: _told(
            N_("The work under contract %(contract)s ended: %(outcome)s"),
            "contract",
            "outcome",
            witness=True,
        ),
        FINISHED: _told(N_("All work was finished"), witness=True),
        MEASURED: _told(
            N_("It was measured what the work achieved, %(months)s months after its end"),
            "months",
        ),
        READ: Telling(N_("An auditor read how the work goes"), kind=Kind.READING),
    }
)

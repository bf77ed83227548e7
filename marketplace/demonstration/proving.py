"""What a preferred bidder shows before its award is approved. Every register here is an example."""

from datetime import date, datetime

from bids.asking.lifecycle import usual_limit
from bids.evidence.kinds import Evidence
from marketplace.core.permissions import Role
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.award.evidence import answering, service
from scoring.award.evidence.kinds import Concern, Verdict
from scoring.award.evidence.service import Wanted

WANTED = (
    Wanted(Evidence.INSURANCE, "Employer’s liability policy", "In force, and for how much."),
    Wanted(Evidence.TAX, "Evidence that taxes are paid"),
)
# Of one of them another body has checked an insurance already, and shares that.
BEYOND = "What was checked is public liability. The contract needs employer’s liability too."
GIVEN = (
    "Policy EX-2201 of Example Mutual, £5 million for each claim, until the end of next March. The "
    "broker confirms it on request.",
    "Our tax account shows nothing owed on the first of this month. The reference is EX-77-1904.",
)
FOUND = (
    "The broker confirmed the policy, its sum and its last day.",
    "The reference was looked up: nothing is owed.",
)


def prove(telling: Telling, supplier: str, until: datetime) -> History:
    """Ask the preferred bidder for two documents, have both shown and accepted, look one thing up.

    It begins at the present instant; all of it is over at `until`.
    """
    reference, clock = telling.reference, telling.clock
    bid, officer = telling.bid_references[supplier], telling.officers[0]
    limit = usual_limit(clock.now())
    span = Span(clock.now(), min(limit, until))
    service.ask(
        reference,
        bid,
        wanted=WANTED,
        answer_by=limit,
        beyond=BEYOND,
        actor=officer,
        clock=clock,
    )
    yield span.at(0.4)
    owner = telling.cast.one(supplier, Role.SUPPLIER_ADMIN)
    for number, note in enumerate(GIVEN, start=1):
        answering.give(
            bid, number, note=note, file=None, actor=owner, arrived=clock.now(), clock=clock
        )
    yield span.at(0.8)
    for number, reason in enumerate(FOUND, start=1):
        service.decide(
            reference,
            bid,
            number,
            verdict=Verdict.ACCEPTED,
            reason=reason,
            valid_until=date(clock.now().year + 1, 3, 31) if number == 1 else None,
            actor=officer,
            clock=clock,
        )
    service.look_up(
        reference,
        bid,
        subject="Is the company active, and who controls it?",
        source="Companies House register, example entry EX000123",
        concern=Concern.CLEAR,
        result="Active, accounts filed on time. The person with control is the one whom the bid "
        "names.",
        actor=officer,
        clock=clock,
    )

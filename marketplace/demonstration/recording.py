"""Has a body of the demonstration keep its records: a longer time, a hold, and a case file."""

from datetime import datetime

from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.regimes.shapes import Kept
from marketplace.demonstration.cast import Cast
from marketplace.demonstration.shapes import Content, TargetState
from scoring.records.casefile import service as case_files
from scoring.records.keeping import service as keeping

# By its key: a challenge of the body as whose people visitors sign in.
KEPT = "rural-skills"
BIDS_KEPT_YEARS = 5
HOLD = (
    "Somebody has asked for information about this purchase under the Freedom of Information "
    "(Scotland) Act 2002. Everything is kept until the request is answered."
)


def keep_records(written: Content, players: Cast, now: datetime) -> None:
    """Keep the records of a challenge whose contract is signed, by the people of its body."""
    signed = next(
        (
            each
            for each in written.challenges
            if each.state is TargetState.CONTRACT_SIGNED and each.key == KEPT
        ),
        None,
    )
    if signed is None:
        return
    officer = players.one(signed.buyer, Role.PROCUREMENT_OFFICER)
    auditor = players.one(signed.buyer, Role.AUDITOR)
    clock = FixedClock(now)
    keeping.set_time(Kept.BIDS, BIDS_KEPT_YEARS, actor=officer, clock=clock)
    keeping.hold(signed.reference, reason=HOLD, actor=officer, clock=clock)
    # The sweeper makes it, as it prints the reports.
    case_files.ask(signed.reference, actor=auditor, clock=clock)

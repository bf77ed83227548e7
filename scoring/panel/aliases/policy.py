"""From whom, and how long, names are withheld where a stage's plan says so. Pure."""

from challenges.lifecycle import State
from marketplace.core.text import N_
from scoring.panel.lifecycle import PanelPhase, Seat

READ_UNDER_NAMES = N_(
    "This person has read bids under the names of their bidders, so they cannot judge without them."
)

# While these last a panel judges, or may have to judge again.
JUDGING = frozenset({State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING})


def names_kept(seat: Seat | None, phase: PanelPhase | None, state: State) -> bool:
    """Tell whether names are withheld now from somebody with this seat, or none, on the panel.

    The chair reads them once quality is locked, for the result names them; so do those who do not
    judge. Evaluators and observers read them only when the decision is out: the lock can be undone
    for an interest that is found later, and then they judge again.
    """
    if state not in JUDGING:
        return False
    return phase is not PanelPhase.LOCKED or kept_from_result(seat, state)


def kept_from_result(seat: Seat | None, state: State) -> bool:
    """Tell whether somebody with this seat is kept from the names also once quality is locked."""
    return state in JUDGING and seat in (Seat.EVALUATOR, Seat.OBSERVER)

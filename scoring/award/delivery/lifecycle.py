"""How the work under contracts ends, and what that makes of the challenge. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from challenges.lifecycle import State
from challenges.stages.kinds import StageKind
from marketplace.core.text import N_


class Outcome(StrEnum):
    """How the work under one contract ended. Stopping with lessons learned is a respected end."""

    COMPLETED = "completed"
    WENT_ON = "went_on"
    STOPPED = "stopped"


OUTCOME_WORDS: Mapping[Outcome, str] = {
    Outcome.COMPLETED: N_("Work finished"),
    Outcome.WENT_ON: N_("Work finished, and goes on in the next stage"),
    Outcome.STOPPED: N_("Stopped, lessons learned"),
}

# At the end of these somebody decides whether the work goes on.
GATED = frozenset({StageKind.EXPLORATION, StageKind.ACCELERATOR})


def has_gate(kind: StageKind | None) -> bool:
    """Tell whether work of this kind ends at a gate."""
    return kind in GATED


def names_supplier(*, before_decision: bool, state: State) -> bool:
    """Tell whether everybody may know with whom a signed contract is.

    Not while bids of a challenge are still judged, of a contract for the work before its decision:
    the panel may judge without names. Until its own contracts are signed, a decision can be taken
    again.
    """
    return not before_decision or state not in (State.EVALUATING, State.INTENTION)


class Then(StrEnum):
    """What the end of some work makes of the challenge."""

    NOTHING = "nothing"
    STOP = "stop"
    FINISH = "finish"


def after_end(
    outcomes: Sequence[tuple[int, Outcome | None]], *, later_work: bool, to_sign: bool
) -> Then:
    """Say what the end of some work makes of a challenge whose award is made.

    `outcomes` gives for each contract the number of its stage of work and how its work ended, None
    while it goes on; `later_work` tells that the plan has a further stage of work, for which no
    contract is signed; `to_sign` that a supplier of the award, whose work was not stopped, can
    still be signed with.
    """
    if to_sign or any(outcome is None for _stage, outcome in outcomes):
        return Then.NOTHING
    last = max(stage for stage, _outcome in outcomes)
    if all(outcome is Outcome.STOPPED for stage, outcome in outcomes if stage == last):
        return Then.STOP
    return Then.NOTHING if later_work else Then.FINISH

"""How the work under contracts ends, and what that makes of the challenge. Pure."""

from collections.abc import Mapping
from enum import StrEnum

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

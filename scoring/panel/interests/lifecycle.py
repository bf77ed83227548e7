"""When an interest can still be found, and what follows from a recusal that comes late. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from marketplace.core.text import N_
from scoring.panel.lifecycle import PanelPhase

Key = TypeVar("Key")

# From the opening on: before it nobody knows who bids.
FINDING_PHASES = frozenset(
    {PanelPhase.DECLARING, PanelPhase.SCORING, PanelPhase.MODERATING, PanelPhase.LOCKED}
)

PHASE_FOUND_WORDS = {
    PanelPhase.DECLARING: N_("before scoring began"),
    PanelPhase.SCORING: N_("while the panel scored"),
    PanelPhase.MODERATING: N_("in moderation"),
    PanelPhase.LOCKED: N_("after the agreed scores were locked"),
}


SEEN_OTHERS = N_(
    "You have seen the others’ scores in a moderation that was ended, so your own stand as they "
    "are."
)
CANNOT_SCORE = N_(
    "This person has seen everybody’s scores in a moderation that was ended, so they cannot score."
)


@dataclass(frozen=True)
class Agreement:
    """An agreed score that counts: of which question, and who was present, by label."""

    key: str
    present: frozenset[str]


def agreements_void(agreed: Iterable[tuple[Key, Agreement]], label: str) -> list[Key]:
    """Pick the agreed scores of a bid that cannot stand, because `label` was there to talk."""
    return [key for key, each in agreed if label in each.present]


def must_reopen(phase: PanelPhase | None, *, too_few: bool) -> bool:
    """Tell whether somebody has to join before the panel can finish.

    Moderation has begun, and a recusal left too few to judge a bid, or a chair who may not.
    """
    return phase is PanelPhase.MODERATING and too_few


def must_unlock(phase: PanelPhase, *, voided: int, too_few: bool) -> bool:
    """Tell whether the locked scores have to be agreed again after a recusal.

    That is so where an agreement is void, and where too few are left to judge a bid, or a chair
    who may not deal with it.
    """
    return phase is PanelPhase.LOCKED and (voided > 0 or too_few)

"""How many go on from one stage to the next. Pure."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from challenges.stages.kinds import is_judged, is_paid

if TYPE_CHECKING:
    from challenges.models import Stage


def going_on(stages: Sequence["Stage"], stage: "Stage") -> int | None:
    """Give how many go on from a stage at most: those who take part in the next one."""
    later = [each for each in stages if each.ordinal > stage.ordinal]
    return min(later, key=lambda each: each.ordinal).suppliers if later else None


def advancing(stage: "Stage") -> int | None:
    """Give how many bids move on from a stage at most, where a stage follows that is judged or
    paid; None where nobody is left out, or nothing follows."""
    stages = stage.challenge.stages
    if len(stages) < 2:
        return None
    later = [each for each in stages if each.ordinal > stage.ordinal]
    follows = any(is_judged(each) or is_paid(each) for each in later)
    return going_on(stages, stage) if follows else None

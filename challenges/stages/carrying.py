"""What a stage takes over from earlier ones: a share that bids reached there counts again. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from challenges.kinds import CriterionKind
from challenges.stages.kinds import is_judged
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Criterion, Stage

# What a page says of where it comes from, by whether it is the stage's total.
FROM_TOTAL = N_("The whole result of stage %(number)d, “%(stage)s”")
FROM_CRITERION = N_("“%(title)s” of stage %(number)d, “%(stage)s”")


@dataclass(frozen=True)
class Source:
    """What can be carried: one criterion of an earlier stage, or that stage's total."""

    stage: "Stage"
    criterion: "Criterion | None" = None

    @property
    def value(self) -> str:
        """Give what a form knows it by."""
        number = str(self.stage.ordinal)
        return number if self.criterion is None else f"{number}:{self.criterion.key}"

    @property
    def title(self) -> str:
        """Give what it is called where it is carried to, unless somebody chooses otherwise."""
        return self.stage.name if self.criterion is None else self.criterion.title

    @property
    def message(self) -> str:
        """Give the untranslated words for it, whose places `data` fills."""
        return FROM_TOTAL if self.criterion is None else FROM_CRITERION

    @property
    def data(self) -> Mapping[str, object]:
        """Give what fills the places of `message`."""
        told = {"number": self.stage.ordinal, "stage": self.stage.name}
        return told if self.criterion is None else {**told, "title": self.criterion.title}


def sources(stage: "Stage") -> Iterator[Source]:
    """Give what can be carried into a stage, in order: of each earlier one that is judged its
    total, then its criteria. Price is in the total alone: by itself it is no quality."""
    for former in stage.challenge.stages:
        if former.ordinal < stage.ordinal and is_judged(former):
            yield Source(former)
            for criterion in former.criteria:
                if criterion.kind != CriterionKind.PRICE:
                    yield Source(former, criterion)


def source_of(criterion: "Criterion") -> Source | None:
    """Give from where a criterion is carried; None where that is not there, or not before it."""
    for source in sources(criterion.stage):
        key = None if source.criterion is None else source.criterion.key
        if (source.stage.ordinal, key) == (criterion.carried_stage, criterion.carried_key):
            return source
    return None

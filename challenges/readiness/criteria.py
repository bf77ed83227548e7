"""What is missing in how bids are judged. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from challenges.plan import QUALITY, WEIGHTS_TOTAL, plain
from challenges.readiness.finding import Finding
from challenges.sections import Section
from challenges.stages.carrying import source_of
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Criterion, Stage

# Up to here each whole score is described; a longer scale needs its two ends.
SCALE_IN_FULL = 10


def weights_sum(stage: "Stage") -> Decimal:
    """Add the weights of all criteria, exactly."""
    return sum((criterion.weight for criterion in stage.criteria), Decimal(0))


def of_criteria(stage: "Stage") -> Iterator[Finding]:
    """Look at a stage's criteria, their weights and their scales."""
    section = Section.CRITERIA
    quality = [criterion for criterion in stage.criteria if criterion.kind == QUALITY]
    if not stage.criteria:
        yield Finding(section, N_("There is no criterion. Say what bids are judged on."))
        return
    if not quality and any(criterion.carried_stage is not None for criterion in stage.criteria):
        yield Finding(
            section,
            N_("Nothing is scored in this stage. Add at least one question that the panel scores."),
        )
    elif not quality:
        yield Finding(
            section,
            N_(
                "Bids would be judged on price alone, which the law does not allow. Add at least "
                "one question that is scored."
            ),
        )
    total = weights_sum(stage)
    if total != WEIGHTS_TOTAL:
        yield Finding(
            section,
            N_("The weights add up to %(total)s. Together with price they must add up to 100."),
            data={"total": plain(total)},
        )
    for criterion in quality:
        yield from _question(criterion)
    for criterion in stage.criteria:
        if criterion.carried_stage is not None and source_of(criterion) is None:
            yield Finding(
                section,
                N_(
                    "“%(title)s” is carried from a stage or a criterion that is not there, or does "
                    "not come before. Delete it, or carry something else."
                ),
                data={"title": criterion.title},
            )


def _question(criterion: "Criterion") -> Iterator[Finding]:
    title = {"title": criterion.title}
    if not criterion.question:
        yield Finding(
            Section.CRITERIA, N_("“%(title)s” has no question for bidders to answer."), data=title
        )
    missing = _scores_to_describe(criterion) - {d.score for d in criterion.descriptors}
    if missing:
        yield Finding(
            Section.CRITERIA,
            N_("“%(title)s” does not say what these scores mean: %(scores)s."),
            data={**title, "scores": ", ".join(plain(score) for score in sorted(missing))},
        )


def _scores_to_describe(criterion: "Criterion") -> set[Decimal]:
    highest = criterion.max_score or Decimal(0)
    ends = {Decimal(0), highest}
    if highest > SCALE_IN_FULL:
        return ends
    return ends | {Decimal(score) for score in range(int(highest) + 1)}

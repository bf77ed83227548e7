"""The words of the further price models and of what else a method says. Pure.

Messages are marked, not translated; whoever shows them translates them.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from challenges.kinds import Combine
from challenges.method.document import plain, steps_of
from challenges.method.rules import STEP_WORDS, step_words
from challenges.stages.succession import advancing
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Stage


class Sentence(NamedTuple):
    """A message to translate, and the values that fill its places."""

    message: str
    data: Mapping[str, object]


class Further(NamedTuple):
    """One of the further price models: its name, what it does, when it fits, what is known of it.

    `counting` says it to bidders.
    """

    name: str
    meaning: str
    suits: str
    defect: str
    counting: str


# By the value of `challenges.models.PriceModel`.
FURTHER: Mapping[str, Further] = {
    "deviation_from_lowest": Further(
        N_("Price counts, by how far it lies above the lowest bid"),
        N_(
            "The lowest price gets all the points. Every other loses one percent of them for each "
            "percent it is dearer; twice the lowest gets none."
        ),
        N_("Markets whose prices lie close together."),
        N_(
            "One cheap bid takes points from all others, and the order of two bids can turn when a "
            "third comes or goes."
        ),
        N_(
            "The lowest price gets all the points for price. Every other price loses one percent "
            "of them for each percent that it lies above the lowest: a price twice as high gets "
            "none."
        ),
    ),
    "range_of_bids": Further(
        N_("Price counts, by its place between the lowest and the highest bid"),
        N_(
            "The lowest price gets all the points, the highest gets none, and those between get "
            "their share."
        ),
        N_("Hardly anything. It is here because some standing orders ask for it."),
        N_(
            "Two bids a pound apart get everything and nothing. The order of two bids can turn "
            "when the cheapest or the dearest comes or goes."
        ),
        N_(
            "The lowest price gets all the points for price and the highest gets none. In between, "
            "points fall evenly."
        ),
    ),
    "deviation_from_mean": Further(
        N_("Price counts, by how far it lies from the average bid"),
        N_(
            "The average price gets half the points. Each percent below it earns one percent of "
            "the points more, each percent above it one less."
        ),
        N_("Markets where very low prices are a worry: nothing is won below half the average."),
        N_(
            "Every bid moves the points of all others. A bid that is not meant seriously can move "
            "the average, and the order of two bids can turn when a third comes or goes."
        ),
        N_(
            "The average price gets half the points for price. A price gets one percent of them "
            "more for each percent it lies below the average, and one less for each above."
        ),
    ),
    "lowest_price_per_quality_point": Further(
        N_("The lowest price for each point of quality comes first"),
        N_(
            "Each price is divided by the bid’s points for quality. Price has no weight of its "
            "own. Bids below your threshold of quality do not count."
        ),
        N_("Buying as much good work as a budget allows, where any quality above the line helps."),
        N_(
            "A cheap bid just above the threshold beats excellent work that costs in proportion "
            "more, so the threshold decides. It cannot suffer a turn of order by a third bid."
        ),
        N_(
            "Each price is divided by the bid’s points for quality. The lowest price for each "
            "point comes first."
        ),
    ),
    "lowest_quality_adjusted_price": Further(
        N_("The lowest price comes first, after the worth of quality is taken off"),
        N_(
            "You say in pounds what one more point on each question is worth to you. That worth is "
            "taken off each price, and the lowest result comes first."
        ),
        N_(
            "Bodies that can say what better quality saves them. Bidders can work out whether an "
            "improvement pays before they bid."
        ),
        N_(
            "Somebody has to say what quality is worth, and answer for it. The weights of the "
            "questions count only for a threshold and for parting ties. It cannot suffer a turn "
            "of order by a third bid."
        ),
        N_("The worth of a bid’s quality is taken off its price. The lowest result comes first."),
    ),
}

ROUNDED_WORDS: Mapping[str, str] = {
    "percentage": N_("Each criterion’s percentage"),
    "points": N_("Each criterion’s points"),
}


# For the body that chooses: what each way of combining is, and what it means for the panel.
COMBINE_WORDS: Mapping[str, str] = {
    Combine.CONSENSUS: N_("The panel agrees one score for each answer"),
    Combine.MEAN: N_("Each evaluator’s score stands, and their average counts"),
    Combine.MEDIAN: N_("Each evaluator’s score stands, and the middle one counts"),
}
COMBINE_MEANINGS: Mapping[str, str] = {
    Combine.CONSENSUS: N_(
        "They score alone first, then talk where they differ. Bidders get one reason that all "
        "stand behind. Best for most challenges."
    ),
    Combine.MEAN: N_(
        "Nobody has to agree, and everybody’s reason is told. One very high or very low score "
        "moves the average."
    ),
    Combine.MEDIAN: N_(
        "As with the average, but a single score far from the others hardly counts. Of an even "
        "number of scores, the average of the middle two is taken."
    ),
}

# The same for those who bid.
_COMBINED: Mapping[str, str] = {
    Combine.CONSENSUS: N_(
        "Each evaluator scores alone. Then the panel agrees one score for each question, with its "
        "reason."
    ),
    Combine.MEAN: N_(
        "Each evaluator scores alone, with a reason. These scores stand as they are: for each "
        "question their average counts."
    ),
    Combine.MEDIAN: N_(
        "Each evaluator scores alone, with a reason. These scores stand as they are: for each "
        "question the middle one counts, or the average of the middle two."
    ),
}


def panel_sentences(stage: "Stage") -> list[Sentence]:
    """Say in words how the panel of a stage judges: how scores become one, and what it sees."""
    said = [Sentence(_COMBINED[stage.combine or Combine.CONSENSUS], {})]
    if stage.names_withheld:
        said.append(
            Sentence(
                N_("The panel does not see who bids until it has finished scoring."),
                {},
            )
        )
    return said


def method_sentences(stage: "Stage") -> list[Sentence]:
    """Say in words what else decides at a stage: who moves on, threshold, rounding, ties, and very
    low prices."""
    said = []
    if (places := advancing(stage)) is not None:
        said.append(
            Sentence(
                N_(
                    "At most %(count)d bids move on from this stage: those with the best results. "
                    "Where bids tie for the last place and nothing below parts them, the panel "
                    "decides, and the decision is recorded."
                )
                if places > 1
                else N_(
                    "One bid moves on from this stage: the one with the best result. Where bids "
                    "tie for it and nothing below parts them, the panel decides, and the decision "
                    "is recorded."
                ),
                {"count": places},
            )
        )
    if stage.quality_threshold is not None:
        said.append(
            Sentence(
                N_(
                    "A bid that reaches less than %(share)s%% of the points for quality cannot "
                    "succeed, whatever its price."
                ),
                {"share": plain(stage.quality_threshold)},
            )
        )
    if stage.rounded is not None:
        message = (
            N_("The percentage reached on each criterion is rounded to %(decimals)s decimals.")
            if stage.rounded == "percentage"
            else N_("The points for each criterion are rounded to %(decimals)s decimals.")
        )
        said.append(Sentence(message, {"decimals": stage.rounded_decimals or 0}))
    said += _tie_sentences(stage)
    for percent, message in (
        (
            stage.below_mean,
            N_(
                "A price that lies %(share)s%% or more below the average of the others is asked "
                "about before a decision."
            ),
        ),
        (
            stage.below_next,
            N_(
                "A price that lies %(share)s%% or more below the next higher one is asked about "
                "before a decision."
            ),
        ),
    ):
        if percent is not None:
            said.append(Sentence(message, {"share": plain(percent)}))
    return said


def point_value_amounts(stage: "Stage") -> list[tuple[str, int]]:
    """Give what one point is worth, by the title of each criterion, in minor units."""
    return [
        (criterion.title, criterion.point_value_minor)
        for criterion in stage.criteria
        if criterion.point_value_minor is not None
    ]


def _tie_sentences(stage: "Stage") -> list[Sentence]:
    """Say how ties are parted, one sentence a step, so that each can be translated."""
    titles = {criterion.key: criterion.title for criterion in stage.criteria}
    told = []
    for place, step in enumerate(steps_of(stage)):
        words = step_words(step, titles)
        if words is None:
            continue
        known = step in STEP_WORDS
        told.append(
            Sentence(
                (_FIRST if place == 0 else _THEN)[step if known else "criterion"],
                {} if known else {"title": words},
            )
        )
    return told


_FIRST: Mapping[str, str] = {
    "quality": N_("Between bids with the same result, more points for quality decide."),
    "price": N_("Between bids with the same result, the lower price decides."),
    "draw": N_("Between bids with the same result, a draw decides that anybody can check."),
    "criterion": N_("Between bids with the same result, more points for “%(title)s” decide."),
}
_THEN: Mapping[str, str] = {
    "quality": N_("After that, more points for quality decide."),
    "price": N_("After that, the lower price decides."),
    "draw": N_("After that, a draw decides that anybody can check."),
    "criterion": N_("After that, more points for “%(title)s” decide."),
}

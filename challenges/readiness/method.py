"""What is impossible or weak about a stage's method, named in plain words before review. Pure."""

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from challenges.method.document import lost_steps, plain
from challenges.method.rules import Step, is_formula
from challenges.readiness.finding import Finding, advice
from challenges.sections.base import Section
from challenges.stages.kinds import StageKind
from challenges.stages.succession import advancing
from marketplace.core.text import N_
from scoring.engine.document import ADJUSTED_PRICE, CARRIED, PRICE, PRICE_PER_POINT, QUALITY
from scoring.engine.price import FIXED_BOUNDS, RELATIVE_FORMULAS

if TYPE_CHECKING:
    from challenges.models import Criterion, Stage

# A bid must be allowed a weak answer somewhere: above this a threshold lets few pass.
THRESHOLD_HIGH = Decimal(80)

# Each question costs every bidder an evening; more of them also make each count for little.
QUESTIONS_MANY = 8

_SECTION = Section.CRITERIA


def of_method(stage: "Stage") -> Iterator[Finding]:
    """Look at how price and quality make the result of a stage."""
    quality = [criterion for criterion in stage.criteria if criterion.kind == QUALITY]
    carried = [criterion for criterion in stage.criteria if criterion.kind == CARRIED]
    price = next((criterion for criterion in stage.criteria if criterion.kind == PRICE), None)
    yield from _model(stage, quality)
    if stage.price_model == ADJUSTED_PRICE and carried:
        yield _needed(
            N_(
                "The worth of quality is taken off the price, and what is carried from an earlier "
                "stage has no worth in money, so it would not count. Choose another price model, "
                "or carry nothing."
            )
        )
    yield from _tie_break(stage)
    if stage.quality_threshold is not None and stage.quality_threshold > THRESHOLD_HIGH:
        yield advice(
            _SECTION,
            N_(
                "Bids must reach %(share)s%% of the points for quality. Few bids reach more than "
                "80%%: a lower threshold leaves you a choice."
            ),
            share=plain(stage.quality_threshold),
        )
    if price is not None and quality:
        yield from _weight_of_price(price, quality, carried)
    if len(quality) > QUESTIONS_MANY:
        yield advice(
            _SECTION,
            N_("There are %(count)s questions. Fewer count for more, and cost bidders less."),
            count=len(quality),
        )


def _model(stage: "Stage", quality: "list[Criterion]") -> Iterator[Finding]:
    model = stage.price_model
    if model == FIXED_BOUNDS and (stage.best_minor is None or stage.worst_minor is None):
        yield _needed(N_("Give the price that gets all the points and the price that gets none."))
    if model in RELATIVE_FORMULAS:
        yield advice(
            _SECTION,
            N_(
                "Price is measured against the other bids. Then the order of two bids can turn "
                "when a third comes or goes. Two amounts set beforehand cannot do that."
            ),
        )
    if is_formula(model) and all(criterion.kind != PRICE for criterion in stage.criteria):
        yield _needed(N_("Price counts in your price model, but it has no weight."))
    if model == PRICE_PER_POINT and stage.quality_threshold is None:
        yield _needed(
            N_(
                "The lowest price for each point of quality needs a threshold of quality. Without "
                "one, the cheapest bid could win with hardly any quality."
            )
        )
    if model == ADJUSTED_PRICE:
        for criterion in quality:
            if criterion.point_value_minor is None:
                yield _needed(
                    N_("Say what one point for “%(title)s” is worth in pounds."),
                    title=criterion.title,
                )
        if quality and not any(criterion.point_value_minor for criterion in quality):
            yield _needed(
                N_(
                    "No point of quality is worth anything, so price alone would decide, which the "
                    "law does not allow."
                )
            )


def _tie_break(stage: "Stage") -> Iterator[Finding]:
    for step in lost_steps(stage):
        yield _needed(
            N_("A tie would be parted by price, and bids give none. Choose again.")
            if step == Step.PRICE
            else N_("A tie would be parted by a criterion that is not there. Choose again.")
        )


def of_panel(stage: "Stage") -> Iterator[Finding]:
    """Look at what the panel sees: a written sift can do without names, an interview cannot."""
    if stage.kind == StageKind.INTERVIEW and stage.names_withheld:
        yield _needed(
            N_(
                "Names cannot be withheld in an interview: the panel meets the bidders. Let the "
                "panel see who bids."
            )
        )
    sift = stage.kind == StageKind.APPLICATION and advancing(stage) is not None
    if sift and not stage.names_withheld:
        yield advice(
            _SECTION,
            N_(
                "The written answers here only decide who goes on. Names can be withheld from the "
                "panel, so that answers are judged and not reputations."
            ),
        )


def _weight_of_price(
    price: "Criterion", quality: "list[Criterion]", carried: "list[Criterion]"
) -> Iterator[Finding]:
    others = sum((criterion.weight for criterion in (*quality, *carried)), Decimal(0))
    if price.weight >= others:
        yield advice(
            _SECTION,
            N_(
                "Price weighs as much as all questions together: a bid that answers nothing can "
                "draw level with the best answers there are."
            ),
        )
    heaviest = max(quality, key=lambda criterion: criterion.weight)
    if heaviest.max_score and price.weight * heaviest.max_score <= heaviest.weight:
        yield advice(
            _SECTION,
            N_(
                "All the points for price together count no more than one score on “%(title)s”. "
                "Give price more weight, or a fixed budget."
            ),
            title=heaviest.title,
        )


def _needed(message: str, **data: object) -> Finding:
    return Finding(_SECTION, message, data=data)

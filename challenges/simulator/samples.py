"""The made-up bids that a trial begins with: the ones that show what a method does. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from challenges.method.words import Sentence
from challenges.simulator.trial import Sample, answered, highest
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Criterion, Stage

# Where a body has named no amount yet.
ORDINARY_MINOR = 50_000_00

NEW = Sentence(N_("New bid"), {})


def usual_samples(stage: "Stage") -> list[tuple[Sentence, Sample]]:
    """Give each sample with its name to be translated.

    Good and dear, cheap and poor, balanced, and one that shines on the heaviest question alone.
    Without a price two of them would say the same, so the words are others.
    """
    questions = answered(stage)
    heaviest = max(questions, key=lambda c: c.weight, default=None)
    priced = stage.price_model != "fixed_budget"
    low, middle, high = _prices(stage) if priced else (None, None, None)

    def sample(name: str, shares: tuple[str, str], price: int | None) -> tuple[Sentence, Sample]:
        """Score the heaviest question by the first share of its scale, the rest by the second."""
        scores = tuple(_score(c, Decimal(shares[0 if c is heaviest else 1])) for c in questions)
        return Sentence(name, {}), Sample("", scores, price)

    return [
        sample(N_("Good and dear") if priced else N_("Good throughout"), ("1", "1"), high),
        sample(N_("Cheap and poor") if priced else N_("Poor throughout"), ("0.4", "0.4"), low),
        sample(N_("Balanced"), ("0.8", "0.6"), middle),
        sample(N_("Strong on one question"), ("1", "0.4"), middle),
    ]


def new_sample(stage: "Stage") -> Sample:
    """Give a bid to add: in the middle of everything."""
    questions = answered(stage)
    price = None if stage.price_model == "fixed_budget" else _prices(stage)[1]
    return Sample("", tuple(_score(c, Decimal("0.6")) for c in questions), price)


def _score(criterion: "Criterion", share: Decimal) -> Decimal:
    """Give a whole score near a share of the scale; a short scale's own end is never passed."""
    most = highest(criterion)
    return min((share * most).quantize(Decimal(1), ROUND_HALF_UP), most)


def _prices(stage: "Stage") -> tuple[int, int, int]:
    """Give a low, a middle and a high price in whole pounds: within the bounds, or up to the most.

    Source of the spread: a quarter and three quarters of the way between bounds, so that the
    formula has something to tell apart; without bounds half, three quarters and all of the budget.
    """
    if stage.best_minor is not None and stage.worst_minor is not None:
        width = stage.worst_minor - stage.best_minor
        amounts = [stage.best_minor + width * quarter // 4 for quarter in (1, 2, 3)]
    else:
        most = stage.budget_minor or ORDINARY_MINOR
        amounts = [most * quarter // 4 for quarter in (2, 3, 4)]
    low, middle, high = (max(amount // 100 * 100, 100) for amount in amounts)
    return low, middle, high

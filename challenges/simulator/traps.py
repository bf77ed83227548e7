"""Known traps of methods, found in a trial and named in plain words. Pure."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from challenges.method.words import Sentence
from challenges.simulator.effects import Balance, balance, taken_away
from challenges.simulator.trial import Trial
from marketplace.core.text import N_
from scoring.engine.document import ADJUSTED_PRICE, NO_ROUNDING, PRICE_PER_POINT
from scoring.engine.numbers import display_text
from scoring.engine.price import FIXED_BOUNDS, RELATIVE_FORMULAS

# Below this many points nobody lowers a price for it.
PRICE_HARDLY = 5

# Each question costs every bidder an evening; more of them also make each count for little.
QUESTIONS_MANY = 8


def traps(trial: Trial, names: list[str]) -> list[Sentence]:
    """Name the traps that the trial falls into; `names` are those of its bids, in their order."""
    return [
        *_sum(trial),
        *_formula(trial, names),
        *_price_weight(trial),
        *_small(trial),
        *_minimum(trial, names),
        *_rounding(trial, names),
        *_ties(trial, names),
    ]


def _sum(trial: Trial) -> Iterator[Sentence]:
    total = sum(trial.weights.values(), Fraction(0))
    if total != 100:
        yield Sentence(
            N_(
                "These weights add up to %(total)s, not 100. Here they count in proportion; a "
                "challenge can be published only when they add up to 100."
            ),
            {"total": number(total)},
        )


def _formula(trial: Trial, names: list[str]) -> Iterator[Sentence]:
    if trial.formula in RELATIVE_FORMULAS:
        yield Sentence(
            N_(
                "Price is measured against the other bids. Nobody can work out their own points "
                "before they bid, and one bid changes the points of others."
            ),
            {},
        )
        taken = taken_away(trial)
        if taken:
            yield Sentence(
                N_(
                    "One more bid at half the lowest price, however weak, would take %(points)s "
                    "points from “%(name)s”, which is first here."
                ),
                {
                    "points": number(taken),
                    "name": names[int(trial.ranked.contenders[0].bid_id) - 1],
                },
            )
    if trial.formula == FIXED_BOUNDS and trial.price is not None:
        yield from _bounds(trial, trial.price["id"])
    ranking = trial.method["ranking"]
    if ranking == PRICE_PER_POINT:
        yield Sentence(
            N_(
                "A cheap bid just above the threshold of %(share)s%% beats better work that costs "
                "in proportion more. Ask yourself whether you would be content with such a bid."
            ),
            {"share": trial.method["quality_threshold"]},
        )
    if ranking == ADJUSTED_PRICE:
        worth = trial.method["value_per_point"]
        most = sum(
            (Fraction(worth[q["id"]]) * Fraction(q["max_score"]) for q in trial.questions),
            Fraction(0),
        )
        yield Sentence(
            N_(
                "Full marks instead of none are worth £%(worth)s to you. Weights do not count in "
                "this ranking; only what a point is worth does."
            ),
            {"worth": f"{int(most):,}"},
        )


def _bounds(trial: Trial, price_id: str) -> Iterator[Sentence]:
    shares = [bid.results[price_id].percentage for bid in trial.ranked.contenders]
    if len(shares) > 1 and all(share == 0 for share in shares):
        yield Sentence(
            N_(
                "Every price here gets no points, because all lie above your upper amount. Price "
                "then decides nothing."
            ),
            {},
        )
    elif len(shares) > 1 and all(share == 100 for share in shares):
        yield Sentence(
            N_(
                "Every price here gets all the points, because all lie below your lower amount. "
                "Price then decides nothing."
            ),
            {},
        )
    elif len(shares) > 1 and 0 < max(shares) - min(shares) < 10:
        yield Sentence(
            N_(
                "Your two amounts lie far apart: between the cheapest and the dearest bid here are "
                "only %(share)s%% of the points for price."
            ),
            {"share": number(max(shares) - min(shares))},
        )


def _price_weight(trial: Trial) -> Iterator[Sentence]:
    found = balance(trial)
    if found is None:
        return
    if found.price >= found.quality:
        yield Sentence(
            N_(
                "Price weighs as much as quality or more: a bid that answers nothing can draw "
                "level with the best answers there are."
            ),
            {},
        )
    elif found.level_at <= 50:
        yield Sentence(
            N_(
                "A cheap bid with %(share)s%% of the points for quality can draw level with "
                "perfect work. Lower the weight of price, or set a minimum for quality."
            ),
            {"share": number(found.level_at)},
        )
    elif _hardly_counts(trial, found):
        yield Sentence(
            N_(
                "Price hardly counts: all its points together, %(points)s, are worth no more than "
                "one score on “%(title)s”. Give it more weight, or publish a fixed budget."
            ),
            {"points": number(found.price), "title": _heaviest(trial)["title"]},
        )


def _hardly_counts(trial: Trial, found: Balance) -> bool:
    return found.price < PRICE_HARDLY or found.price <= _step(_heaviest(trial))


def _small(trial: Trial) -> Iterator[Sentence]:
    if trial.method["ranking"] == ADJUSTED_PRICE:
        return
    if len(trial.questions) > QUESTIONS_MANY:
        yield Sentence(
            N_("There are %(count)s questions. Fewer count for more, and cost bidders less."),
            {"count": len(trial.questions)},
        )
    heaviest = _heaviest(trial)
    for question in trial.questions:
        if question is not heaviest and Fraction(question["weight"]) <= _step(heaviest):
            yield Sentence(
                N_(
                    "“%(small)s” can hardly matter: from nothing to full marks it brings no more "
                    "than one score on “%(title)s”."
                ),
                {"small": question["title"], "title": heaviest["title"]},
            )


def _minimum(trial: Trial, names: list[str]) -> Iterator[Sentence]:
    missed = [
        names[int(bid["id"]) - 1] for bid in trial.result["bids"] if bid["outcome"] != "ranked"
    ]
    if missed and 2 * len(missed) > len(trial.samples):
        yield Sentence(
            N_("Your minimum keeps out most of the bids here: %(names)s."),
            {"names": ", ".join(missed)},
        )
    for question in trial.questions:
        if question.get("min_score") == question["max_score"]:
            yield Sentence(
                N_("Only full marks on “%(title)s” reach your minimum. Few bids will."),
                {"title": question["title"]},
            )


def _rounding(trial: Trial, names: list[str]) -> Iterator[Sentence]:
    rounding = trial.method.get("rounding", {"applies_to": NO_ROUNDING})
    if rounding["applies_to"] == NO_ROUNDING:
        return
    exact = {key: value for key, value in trial.method.items() if key != "rounding"}
    ties = _tied_totals(trial)
    if ties and not _tied_totals(Trial(trial.criteria, exact, trial.samples, trial.priced)):
        yield Sentence(
            N_("Rounding makes these bids equal that are not: %(names)s."),
            {"names": ", ".join(names[place - 1] for place in ties)},
        )


def _tied_totals(trial: Trial) -> list[int]:
    values = [bid.ranking_value for bid in trial.ranked.contenders]
    return sorted(
        int(bid.bid_id) for bid in trial.ranked.contenders if values.count(bid.ranking_value) > 1
    )


def _ties(trial: Trial, names: list[str]) -> Iterator[Sentence]:
    winners = trial.ranked.winners
    if len(winners) > 1:
        yield Sentence(
            N_(
                "These bids share the first place, and nothing in your method parts them: "
                "%(names)s."
            ),
            {"names": ", ".join(names[int(bid) - 1] for bid in winners)},
        )


def _heaviest(trial: Trial) -> Any:
    return max(trial.questions, key=lambda question: Fraction(question["weight"]))


def _step(question: Any) -> Fraction:
    """Give the points that one score on a question is worth."""
    return Fraction(question["weight"]) / Fraction(question["max_score"])


def number(value: Fraction) -> str:
    """Write a figure with at most two decimals, and none that say nothing."""
    text = display_text(value, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text

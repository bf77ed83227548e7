"""What price and quality can do under a method, worked out on the trial's bids. Pure and exact."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from challenges.method.document import price_text
from challenges.simulator.trial import Sample, Trial
from scoring.engine import evaluate_document
from scoring.engine.document import ADJUSTED_PRICE, HIGHEST_TOTAL, PRICE_PER_POINT
from scoring.engine.evaluate import Ranked
from scoring.engine.price import FIXED_BOUNDS, RELATIVE_FORMULAS
from scoring.engine.ranking import Contender
from scoring.engine.reversals import changed_bids

# A tenth is what people haggle about.
CHEAPER = Fraction(9, 10)

# Looked for no further: a price a hundred times the dearest bid's is beyond anything meant.
BEYOND = 100

# A ranking by price for each point must have a threshold; this one keeps out nothing but zeros.
HARDLY_ANY = "0.001"


class Cheaper(NamedTuple):
    """What a price a tenth lower would bring a bid: points, or money off the price that ranks.

    `steps` say how many scores on the question named by `criterion` are worth as much; None where
    no question is worth anything.
    """

    place: int
    points: Fraction | None
    money: Fraction | None
    criterion: str
    steps: Fraction | None


class QualityAlone(NamedTuple):
    """What the best quality among the bids can do.

    `limit` is the highest price in minor units at which it still wins; None: it wins whatever it
    asks, as far as was looked. -1: at no price. `behind` is by how much its own lies above that.
    """

    place: int
    wins: bool
    limit: int | None
    price: int


class Balance(NamedTuple):
    """The points there are for quality and for price.

    `level_at` is the share of the quality points, in percent, at which a bid with all the points
    for price draws level with one that has full marks and none for price.
    """

    quality: Fraction
    price: Fraction
    level_at: Fraction


class Reversal(NamedTuple):
    """A third bid that turns the order of others: one of the trial's, or `price` of one to add."""

    changed: list[int]
    left_out: int | None
    price: int | None


class OtherMethod(NamedTuple):
    """What another method would have made of the same bids: their places, the best first."""

    name: str
    order: list[list[int]]
    bounds: tuple[str, str] | None


def cheaper(trial: Trial) -> list[Cheaper]:
    """Work out for each ranked bid what a price a tenth lower is worth."""
    if not trial.priced:
        return []
    heaviest = max(trial.questions, key=lambda q: Fraction(q["weight"]))
    return [
        _cheaper(trial, int(bid.bid_id), bid, heaviest)
        for bid in sorted(trial.ranked.contenders, key=lambda bid: bid.bid_id)
    ]


def _cheaper(trial: Trial, place: int, bid: Contender, heaviest: Any) -> Cheaper:
    price, ranking = bid.price or Fraction(0), trial.method["ranking"]
    step = Fraction(heaviest["weight"]) / Fraction(heaviest["max_score"])
    if ranking == ADJUSTED_PRICE:
        saved = price * (1 - CHEAPER)
        worth = {key: Fraction(value) for key, value in trial.method["value_per_point"].items()}
        dearest = max(trial.questions, key=lambda q: worth[q["id"]])
        value = worth[dearest["id"]]
        return Cheaper(place, None, saved, dearest["title"], saved / value if value else None)
    if ranking == PRICE_PER_POINT:
        # A tenth off the price ranks like a ninth more points.
        gained = bid.quality_points / CHEAPER - bid.quality_points
    else:
        after = _found(trial.at_price(place, price * CHEAPER), place)
        gained = after.total - bid.total
    return Cheaper(place, gained, None, heaviest["title"], gained / step)


def balance(trial: Trial) -> Balance | None:
    """Weigh the points for quality against those for price; None where price has no points."""
    if trial.price is None:
        return None
    price = Fraction(trial.price["weight"])
    quality = sum((Fraction(q["weight"]) for q in trial.questions), Fraction(0))
    return Balance(quality, price, max(100 * (quality - price) / quality, Fraction(0)))


def quality_alone(trial: Trial) -> QualityAlone | None:
    """Find up to which price the bid of the best quality wins, the others staying as they are.

    None where no price counts, fewer than two bids are ranked, or several share the best quality.
    """
    contenders = trial.ranked.contenders
    if not trial.priced or len(contenders) < 2:
        return None
    top = max(bid.quality_points for bid in contenders)
    best = [bid for bid in contenders if bid.quality_points == top]
    if len(best) > 1:
        return None
    place = int(best[0].bid_id)
    price = trial.samples[place - 1].price_minor or 0

    def wins_at(minor: int) -> bool:
        return str(place) in trial.at_price(place, Fraction(minor, 100)).winners

    # A higher price of its own never helps a bid, whatever the formula: so one price parts the two.
    low, high = -1, BEYOND * max(sample.price_minor or 0 for sample in trial.samples) + 100
    if wins_at(high):
        return QualityAlone(place, True, None, price)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if wins_at(middle) else (low, middle)
    return QualityAlone(place, price <= low, low, price)


def reversal(trial: Trial) -> Reversal | None:
    """Find a third bid whose coming or going turns the order of others; None: none was found.

    First among the bids themselves; then by adding a bid as weak as the weakest that counts, very
    cheap or very dear.
    """
    sensitivity = trial.result.get("sensitivity") or {}
    for found in sensitivity.get("rank_reversals") or ():
        return Reversal([int(bid) for bid in found["changed"]], int(found["left_out"]), None)
    if trial.formula not in RELATIVE_FORMULAS or not trial.ranked.contenders:
        return None
    before = _order(trial.ranked)
    for price in decoy_prices(trial):
        after = _order(with_decoy(trial, price).ranked)
        newcomer = str(len(trial.samples) + 1)
        rest = [group for each in after if (group := [b for b in each if b != newcomer])]
        if rest != before:
            return Reversal([int(bid) for bid in changed_bids(before, rest)], None, price)
    return None


def decoy_prices(trial: Trial) -> list[int]:
    """Give prices far below and far above the bids', in minor units."""
    prices = [sample.price_minor or 0 for sample in trial.samples]
    low, high = min(prices), max(prices)
    return [low * 3 // 4, low // 2, low // 4, high * 3 // 2, high * 2]


def with_decoy(trial: Trial, price: int) -> Trial:
    """Add a bid with the lowest scores that still count, at a price in minor units.

    Raises:
        ValueError: no bid counts.
    """
    weakest = min(trial.ranked.contenders, key=lambda bid: (bid.quality_points, bid.bid_id))
    scores = trial.samples[int(weakest.bid_id) - 1].scores
    return trial.with_samples([*trial.samples, Sample("", scores, price)])


def taken_away(trial: Trial) -> Fraction | None:
    """Tell how many points the best bid would lose by a cheap bid at half the lowest price.

    None where the formula compares no bids, or none counts.
    """
    if trial.formula not in RELATIVE_FORMULAS or not trial.ranked.contenders:
        return None
    first = trial.ranked.contenders[0]
    lowest = min(sample.price_minor or 0 for sample in trial.samples)
    after = _found(with_decoy(trial, lowest // 2).ranked, int(first.bid_id))
    return first.total - after.total


def other_methods(trial: Trial) -> Iterator[OtherMethod]:
    """Rank the same bids by each other method that their figures allow, this trial's own too."""
    if not trial.priced:
        return
    if trial.price is not None:
        bounds = _bounds(trial)
        for name in (FIXED_BOUNDS, *RELATIVE_FORMULAS):
            formula = {"name": name}
            if name == FIXED_BOUNDS:
                formula |= {"best": bounds[0], "worst": bounds[1]}
            criteria = tuple(
                {**criterion, "formula": formula} if criterion is trial.price else criterion
                for criterion in trial.criteria
            )
            invented = name == FIXED_BOUNDS and trial.formula != FIXED_BOUNDS
            yield OtherMethod(
                name,
                _places(replace(trial, criteria=criteria)),
                bounds if invented else None,
            )
    rankings = [PRICE_PER_POINT]
    if "value_per_point" in trial.method:
        rankings.append(ADJUSTED_PRICE)
    for name in rankings:
        yield OtherMethod(name, _places(_ranked_by(trial, name)), None)
    yield OtherMethod("fixed_budget", _places(_ranked_by(trial, HIGHEST_TOTAL)), None)


def _ranked_by(trial: Trial, ranking: str) -> Trial:
    """Give the trial without a weight for price, ranked in another way."""
    total = sum((Decimal(question["weight"]) for question in trial.questions), Decimal(0))
    method = {
        key: value
        for key, value in trial.method.items()
        if key not in ("rounding", "value_per_point")
    } | {"ranking": ranking, "weights_total": str(total)}
    if ranking == PRICE_PER_POINT:
        method.setdefault("quality_threshold", HARDLY_ANY)
    if ranking == ADJUSTED_PRICE:
        method["value_per_point"] = trial.method["value_per_point"]
    # Without its criterion, price parts ties only where it ranks.
    gone = {"criterion:price", "price" if ranking == HIGHEST_TOTAL else ""}
    method["tie_break"] = [step for step in method["tie_break"] if step not in gone]
    return replace(trial, criteria=tuple(trial.questions), method=method)


def _bounds(trial: Trial) -> tuple[str, str]:
    """Give the published bounds, or else the lowest of the prices and twice that."""
    formula = trial.price["formula"] if trial.price is not None else {}
    if "best" in formula:
        return formula["best"], formula["worst"]
    lowest = max(min(sample.price_minor or 0 for sample in trial.samples), 1)
    return price_text(lowest), price_text(2 * lowest)


def _places(trial: Trial) -> list[list[int]]:
    result = evaluate_document(trial.document, sensitivity=False)
    order: dict[int, list[int]] = {}
    for bid in result["bids"]:  # type: ignore[attr-defined]  # a list, by its format
        if bid["rank"] is not None:
            order.setdefault(bid["rank"], []).append(int(bid["id"]))
    return [order[rank] for rank in sorted(order)]


def _order(ranked: Ranked) -> list[list[str]]:
    return [[bid.bid_id for bid in group] for group in ranked.groups]


def _found(ranked: Ranked, place: int) -> Contender:
    return next(bid for bid in ranked.contenders if bid.bid_id == str(place))

"""Would the order of two bids turn if a third had not been there?

With a relative price formula it can. Each ranked bid is left out in turn and the rest are ranked
again in full. Only price percentages can move when a bid leaves, and only if a figure that the
formula looks at (lowest, highest or mean price) moves; so that is all that is worked out again,
in whole numbers.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from scoring.engine.document import (
    ROUND_PERCENTAGE,
    ROUND_POINTS,
    Criterion,
    Formula,
    Rounding,
)
from scoring.engine.evaluate import Ranked
from scoring.engine.numbers import nearest, to_grains
from scoring.engine.price import Prices, moves_percentages, price_share
from scoring.engine.ranking import Contender
from scoring.engine.ties import grouped, split_tie

Order = list[list[str]]


class Reversal(NamedTuple):
    """A bid whose absence changes the order of others: which ones, and who would win then."""

    left_out: str
    changed: list[str]
    winners: list[str]


class _Remaining(NamedTuple):
    """A bid that remains, as the tie-breaks see it when another has left."""

    contender: Contender
    price_criterion: str
    price_points: Fraction

    @property
    def bid_id(self) -> str:
        return self.contender.bid_id

    @property
    def price(self) -> Fraction | None:
        return self.contender.price

    @property
    def quality_points(self) -> Fraction:
        return self.contender.quality_points

    def points(self, criterion_id: str) -> Fraction:
        if criterion_id == self.price_criterion:
            return self.price_points
        return self.contender.points(criterion_id)


def rank_reversals(ranked: Ranked) -> list[Reversal]:
    """Name each bid, the winner too, without which the others would stand in another order.

    There must be two ranked bids at least.
    """
    criterion = ranked.evaluation.price_criterion
    if criterion is None or ranked.prices is None:
        return []
    order = [[bid.bid_id for bid in group] for group in ranked.groups]
    found = []
    for left_out, after in _orders_without_each(ranked, criterion, ranked.prices):
        before = [rest for group in order if (rest := [b for b in group if b != left_out])]
        if after != before:
            changed = changed_bids(before, after)
            found.append(Reversal(left_out, changed, sorted(after[0])))
    return sorted(found)


def _orders_without_each(
    ranked: Ranked, criterion: Criterion, prices: Prices
) -> Iterator[tuple[str, Order]]:
    """Rank the others anew for each bid whose leaving moves price percentages."""
    formula = criterion.formula or Formula("")
    contenders = ranked.contenders
    own = [to_grains(bid.price or Fraction(0)) for bid in contenders]
    ascending = sorted(own)
    unit = lcm(*(bid.quality_points.denominator for bid in contenders))
    quality = [int(bid.quality_points * unit) for bid in contenders]
    for place, bid in enumerate(contenders):
        without = Prices(
            lowest=ascending[ascending[0] == own[place]],
            highest=ascending[-2 if ascending[-1] == own[place] else -1],
            total=prices.total - own[place],
            bids=prices.bids - 1,
        )
        if not moves_percentages(formula, prices, without):
            continue
        rest = [other for other in range(len(contenders)) if other != place]
        shares = [
            _price_points(criterion, ranked.evaluation.method.rounding, formula, own[n], without)
            for n in rest
        ]
        totals = _comparable_totals([quality[n] for n in rest], unit, shares)
        yield bid.bid_id, _order(ranked, criterion, rest, totals, shares)


def _price_points(
    criterion: Criterion, rounding: Rounding, formula: Formula, price: int, prices: Prices
) -> tuple[int, int]:
    """Give the points for a price as (top, bottom), rounded where the method says."""
    top, bottom = price_share(formula, price, prices)
    step = 10**rounding.decimals
    if rounding.applies_to == ROUND_PERCENTAGE:
        top, bottom = nearest(top * step, bottom), step
    top, bottom = top * criterion.weight.numerator, bottom * 100 * criterion.weight.denominator
    if rounding.applies_to == ROUND_POINTS:
        top, bottom = nearest(top * step, bottom), step
    return top, bottom


def _comparable_totals(
    quality: list[int], unit: int, shares: list[tuple[int, int]]
) -> Sequence[int | Fraction]:
    """Add quality and price points in a form that compares fast: whole numbers where it can."""
    bottoms = {bottom for _, bottom in shares}
    if len(bottoms) == 1:
        bottom = bottoms.pop()
        return [q * bottom + top * unit for q, (top, _) in zip(quality, shares, strict=True)]
    return [
        Fraction(q * bottom + top * unit, unit * bottom)
        for q, (top, bottom) in zip(quality, shares, strict=True)
    ]


def _order(
    ranked: Ranked,
    criterion: Criterion,
    rest: list[int],
    totals: Sequence[int | Fraction],
    shares: list[tuple[int, int]],
) -> Order:
    method, seed = ranked.evaluation.method, ranked.evaluation.draw_seed
    contenders = ranked.contenders
    order: Order = []
    for group in grouped(range(len(rest)), totals.__getitem__, highest_first=True):
        if len(group) == 1 or not method.tie_break:
            order.append([contenders[rest[n]].bid_id for n in group])
            continue
        tied = [_Remaining(contenders[rest[n]], criterion.id, Fraction(*shares[n])) for n in group]
        parts = split_tie(tied, method.tie_break, seed)
        order += [[each.bid_id for each in part] for part in parts]
    return order


def changed_bids(before: Order, after: Order) -> list[str]:
    """Name the bids that stand otherwise to at least one other: ahead, tied or behind."""
    place_after = {bid_id: place for place, group in enumerate(after) for bid_id in group}
    ahead_after = [0]
    for group in after:
        ahead_after.append(ahead_after[-1] + len(group))
    changed = []
    ahead = 0
    furthest = -1
    for group in before:
        places = {place_after[bid_id] for bid_id in group}
        for bid_id in group:
            place = place_after[bid_id]
            same_ahead = furthest < place and ahead == ahead_after[place]
            same_tied = len(places) == 1 and len(after[place]) == len(group)
            if not (same_ahead and same_tied):
                changed.append(bid_id)
        ahead += len(group)
        furthest = max(furthest, *places)
    return sorted(changed)

"""Spotting prices so low that the buyer should ask about them.

A flag starts a recorded request for an explanation (Public Contracts (Scotland) Regulations 2015,
reg. 69). It excludes nobody and changes no score.
"""

from bisect import bisect_right
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.document import Method
from scoring.engine.ranking import Contender

MEAN_OF_OTHERS = "mean_of_others"
NEXT_LOWEST = "next_lowest"


class LowPrice(NamedTuple):
    """A price that one detector flagged, and by how much it lies below, as a share of 1."""

    bid_id: str
    detector: str
    value: Fraction


def low_prices(contenders: list[Contender], method: Method) -> list[LowPrice]:
    """Flag the qualifying bids whose price lies as far below the others as the method says.

    `mean_of_others`: 1 − P / mean of the other prices. `next_lowest`: 1 − P / the smallest price
    that is strictly higher. A detector without a bid to compare with, or with a mean of 0, flags
    nothing. Ordered by bid id, then detector.
    """
    if method.mean_of_others is None and method.next_lowest is None:
        return []
    prices = {bid.bid_id: bid.price or Fraction(0) for bid in contenders}
    total = sum(prices.values(), Fraction(0))
    ascending = sorted(prices.values())
    flagged = []
    for bid_id, price in sorted(prices.items()):
        others = total - price
        if method.mean_of_others is not None and others > 0:
            below = 1 - price * (len(prices) - 1) / others
            if below >= method.mean_of_others:
                flagged.append(LowPrice(bid_id, MEAN_OF_OTHERS, below))
        place = bisect_right(ascending, price)
        if method.next_lowest is not None and place < len(ascending):
            below = 1 - price / ascending[place]
            if below >= method.next_lowest:
                flagged.append(LowPrice(bid_id, NEXT_LOWEST, below))
    return flagged

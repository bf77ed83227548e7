"""Would other weights have given another winner? Exact answers, without sampling.

Percentages and the qualifying bids are held as they are in the result, and tie-breaks are left
out. d is always the winner's percentage on a criterion less a rival's.
"""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

Differences = Mapping[str, Fraction]


class Interval(NamedTuple):
    """The weights, from `low` to `high` with both ends, at which the winner still is not beaten."""

    low: Fraction
    high: Fraction


def weight_interval(
    criterion_id: str, weights: Mapping[str, Fraction], rivals: Sequence[Differences]
) -> Interval:
    """Find how far one weight can move, the others giving way in proportion.

    With T the sum of the weights, s the difference that the other criteria make together (their
    weighted mean of d), and w the moving weight, a rival is behind by w × d + (T − w) × s, which
    is a straight line in w. There must be two criteria at least.
    """
    total = sum(weights.values(), Fraction(0))
    own = weights[criterion_id]
    low, high = Fraction(0), total
    for rival in rivals:
        lead = sum((weights[name] * d for name, d in rival.items()), Fraction(0))
        others = (lead - own * rival[criterion_id]) / (total - own)
        slope = rival[criterion_id] - others
        if slope > 0:
            low = max(low, -total * others / slope)
        elif slope < 0:
            high = min(high, -total * others / slope)
    return Interval(low, high)


def robustness(weights: Mapping[str, Fraction], rivals: Sequence[Differences]) -> Fraction | None:
    """Give the largest p such that no change of weights by up to ±p each puts a rival ahead.

    The worst change for the winner lowers every weight where it leads and raises every other:
    a rival draws level at p = Σ w·d / Σ w·|d|. None when every rival has the same percentages as
    the winner throughout, so that no weights can part them.
    """
    found = None
    for rival in rivals:
        lead = sum((weights[name] * d for name, d in rival.items()), Fraction(0))
        apart = sum((weights[name] * abs(d) for name, d in rival.items()), Fraction(0))
        if apart > 0:
            reach = lead / apart
            found = reach if found is None else min(found, reach)
    return found

"""Shares out weight exactly: what is given adds up to the whole, to the last thousandth. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

# Weights have at most three decimal places. Whole points read better, so they are tried first.
_STEPS = (Decimal(1), Decimal("0.1"), Decimal("0.001"))


class Share(StrEnum):
    """How points are shared out among criteria."""

    EVENLY = "evenly"
    IN_PROPORTION = "in_proportion"


def evenly(count: int, whole: Decimal) -> list[Decimal]:
    """Share `whole` among `count` so that no two shares differ by more than one step."""
    return in_proportion([Decimal(1)] * count, whole)


def in_proportion(weights: Sequence[Decimal], whole: Decimal) -> list[Decimal]:
    """Share `whole` among weights above zero as they stand to each other, by largest remainders.

    Where two have the same remainder the earlier one gets more. No share is zero.
    """
    if not weights:
        return []
    for step in _STEPS:
        shares = _shared(weights, whole, step)
        if shares is not None:
            return shares
    raise ValueError("so many weights have no share of so little")


def _shared(weights: Sequence[Decimal], whole: Decimal, step: Decimal) -> list[Decimal] | None:
    """Share in steps of this size; None where that is too coarse for one of them."""
    units = whole / step
    if units != units.to_integral_value():
        return None
    total = sum(weights)
    exact = [weight * units / total for weight in weights]
    given = [int(share) for share in exact]
    left = int(units) - sum(given)
    order = sorted(range(len(weights)), key=lambda i: (given[i] - exact[i], i))
    for i in order[:left]:
        given[i] += 1
    return None if 0 in given else [units_given * step for units_given in given]

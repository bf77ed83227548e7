"""The price formulas: from a price to a percentage from 0 to 100.

Each formula takes prices as whole numbers of one small unit and gives a fraction as (top, bottom),
both whole, so that nothing is ever rounded on the way. Lowest, highest and mean price are those of
the qualifying bids only: a rejected bid must not move anybody's points.

All formulas but `fixed_bounds` are *relative*: a bid's points depend on the other bids, and the
order of two bids can turn when a third comes or goes. Portugal banned such formulas in 2008. They
are here because buyers use them; every result is tested for it (see `reversals`).

Source: S. Bergman and M. Lundberg, "Tender evaluation and supplier selection methods in public
procurement", Journal of Purchasing and Supply Management 19 (2013); P.-J. Stilger, J. Siderius and
E. van Raaij, "A comparative study of formulas for choosing the economically most advantageous
tender", Journal of Public Procurement 17 (2017).
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.document import Formula
from scoring.engine.numbers import from_grains, plain_text, to_grains

FIXED_BOUNDS = "fixed_bounds"
LOWEST_PRICE_RATIO = "lowest_price_ratio"
DEVIATION_FROM_LOWEST = "deviation_from_lowest"
RANGE_OF_BIDS = "range_of_bids"
DEVIATION_FROM_MEAN = "deviation_from_mean"


class Prices(NamedTuple):
    """What a relative formula knows of the qualifying bids' prices, in grains."""

    lowest: int
    highest: int
    total: int
    bids: int


def fixed_bounds(price: int, best: int, worst: int) -> tuple[int, int]:
    """Give 100 at the published best price or below, 0 at the worst or above, a line between.

    100 × (worst − P) / (worst − best).

    Suits: almost everything; the recommended default. Bidders can work out their own points
    before they bid, and no bid moves another's.
    Known defect: the buyer must know the market. Bounds set too wide make price count for little,
    too narrow leave bids beyond them all with 0 or all with 100.
    """
    return 100 * (worst - price), worst - best


def lowest_price_ratio(price: int, prices: Prices) -> tuple[int, int]:
    """Give the lowest price 100, and twice that price 50: 100 × lowest / P.

    Suits: buyers bound to it by habit or standing orders; it is the most common one.
    Known defect: relative, so ranks can reverse; and a price far below the others pushes all of
    them together, so that price hardly parts the rest. When the lowest price is 0 it has 100 and
    every other price has 0.
    """
    if price == prices.lowest:
        return 100, 1
    return 100 * prices.lowest, price


def deviation_from_lowest(price: int, prices: Prices) -> tuple[int, int]:
    """Take off as many percent as the price lies above the lowest one.

    100 × (1 − (P − lowest) / lowest), which is 100 × (2 × lowest − P) / lowest.

    Suits: markets whose prices lie close together.
    Known defect: relative, so ranks can reverse; twice the lowest price and all above have 0. When
    the lowest price is 0 it has 100 and every other price has 0.
    """
    if price == prices.lowest:
        return 100, 1
    if prices.lowest == 0:
        return 0, 1
    return 100 * (2 * prices.lowest - price), prices.lowest


def range_of_bids(price: int, prices: Prices) -> tuple[int, int]:
    """Give the lowest price 100 and the highest 0: 100 × (highest − P) / (highest − lowest).

    Suits: hardly anything; it is here because some published methods use it.
    Known defect: relative at both ends, so ranks can reverse when the dearest bid leaves too; and
    two bids a pound apart are 100 and 0. One distinct price has 100.
    """
    if prices.lowest == prices.highest:
        return 100, 1
    return 100 * (prices.highest - price), prices.highest - prices.lowest


def deviation_from_mean(price: int, prices: Prices) -> tuple[int, int]:
    """Give the mean price 50, and one percent more or less for each percent below or above it.

    50 − 100 × (P − mean) / mean; with mean = total / count this is
    (150 × total − 100 × count × P) / total.

    Suits: markets where a bid far below the rest is a worry, since nothing is won below half the
    mean.
    Known defect: relative to every bid, so any bid that comes or goes moves all points, and a
    supplier can move the mean by a bid that is not meant seriously. When the mean is 0 every bid
    has 50.
    """
    if prices.total == 0:
        return 50, 1
    return 150 * prices.total - 100 * prices.bids * price, prices.total


_RELATIVE: dict[str, Callable[[int, Prices], tuple[int, int]]] = {
    LOWEST_PRICE_RATIO: lowest_price_ratio,
    DEVIATION_FROM_LOWEST: deviation_from_lowest,
    RANGE_OF_BIDS: range_of_bids,
    DEVIATION_FROM_MEAN: deviation_from_mean,
}
RELATIVE_FORMULAS = tuple(_RELATIVE)
FORMULAS = (FIXED_BOUNDS, *RELATIVE_FORMULAS)


def prices_of(grains: Iterable[int]) -> Prices:
    """Take from the qualifying bids' prices (at least one) what the relative formulas need."""
    found = list(grains)
    return Prices(min(found), max(found), sum(found), len(found))


def moves_percentages(formula: Formula, before: Prices, after: Prices) -> bool:
    """Tell whether percentages can move when these figures do: each formula looks at its own."""
    if formula.name in {LOWEST_PRICE_RATIO, DEVIATION_FROM_LOWEST}:
        return before.lowest != after.lowest
    if formula.name == RANGE_OF_BIDS:
        return before[:2] != after[:2]
    if formula.name == DEVIATION_FROM_MEAN:
        return before.total * after.bids != after.total * before.bids
    return False


def price_share(formula: Formula, price: int, prices: Prices) -> tuple[int, int]:
    """Work out the percentage for a price in grains, clamped to 0..100, as (top, bottom)."""
    top, bottom = unclamped_share(formula, price, prices)
    return min(max(top, 0), 100 * bottom), bottom


def unclamped_share(formula: Formula, price: int, prices: Prices) -> tuple[int, int]:
    """Work out what the formula alone gives for a price in grains, as (top, bottom)."""
    if formula.best is not None and formula.worst is not None:
        return fixed_bounds(price, to_grains(formula.best), to_grains(formula.worst))
    return _RELATIVE[formula.name](price, prices)


class PriceTexts(NamedTuple):
    """The figures of a relative formula as a person writes them."""

    lowest: str
    highest: str
    mean: str


def price_texts(prices: Prices) -> PriceTexts:
    """Write the figures that every bid is compared with."""
    return PriceTexts(
        plain_text(from_grains(prices.lowest)),
        plain_text(from_grains(prices.highest)),
        plain_text(from_grains(prices.total) / prices.bids),
    )


def explained(formula: Formula, own: str, texts: PriceTexts) -> str:
    """Write the formula with a bid's own price in it, for the trace; edges in words."""
    lowest, highest, mean = texts
    name = formula.name
    if name in {LOWEST_PRICE_RATIO, DEVIATION_FROM_LOWEST} and lowest == "0":
        return "the lowest price" if own == "0" else "any price where the lowest is 0"
    if name == LOWEST_PRICE_RATIO:
        return f"100 × {lowest} (lowest price) / {own}"
    if name == DEVIATION_FROM_LOWEST:
        return f"100 × (1 − ({own} − {lowest} (lowest price)) / {lowest})"
    if name == RANGE_OF_BIDS and lowest == highest:
        return "the only price there is"
    if name == RANGE_OF_BIDS:
        return f"100 × ({highest} (highest price) − {own}) / ({highest} − {lowest} (lowest price))"
    if name == DEVIATION_FROM_MEAN and mean == "0":
        return "any price where the mean is 0"
    if name == DEVIATION_FROM_MEAN:
        return f"50 − 100 × ({own} − {mean} (mean price)) / {mean}"
    best, worst = (plain_text(bound or Fraction(0)) for bound in (formula.best, formula.worst))
    return f"100 × ({worst} (worst) − {own}) / ({worst} − {best} (best))"

"""Which figures a formula looks at, so that nothing is worked out again for nothing."""

import pytest

from scoring.engine.document import Formula
from scoring.engine.price import (
    DEVIATION_FROM_LOWEST,
    DEVIATION_FROM_MEAN,
    FIXED_BOUNDS,
    LOWEST_PRICE_RATIO,
    RANGE_OF_BIDS,
    Prices,
    moves_percentages,
)

BEFORE = Prices(lowest=10, highest=30, total=60, bids=3)
LOWEST_LEFT = Prices(lowest=20, highest=30, total=50, bids=2)
MIDDLE_LEFT = Prices(lowest=10, highest=30, total=40, bids=2)
HIGHEST_LEFT = Prices(lowest=10, highest=20, total=30, bids=2)


@pytest.mark.parametrize(
    ("formula", "after", "moves"),
    [
        (LOWEST_PRICE_RATIO, LOWEST_LEFT, True),
        (LOWEST_PRICE_RATIO, MIDDLE_LEFT, False),
        (LOWEST_PRICE_RATIO, HIGHEST_LEFT, False),
        (DEVIATION_FROM_LOWEST, LOWEST_LEFT, True),
        (DEVIATION_FROM_LOWEST, MIDDLE_LEFT, False),
        (DEVIATION_FROM_LOWEST, HIGHEST_LEFT, False),
        (RANGE_OF_BIDS, LOWEST_LEFT, True),
        (RANGE_OF_BIDS, MIDDLE_LEFT, False),
        (RANGE_OF_BIDS, HIGHEST_LEFT, True),
        (DEVIATION_FROM_MEAN, LOWEST_LEFT, True),
        # The middle price is the mean: without it the mean stays.
        (DEVIATION_FROM_MEAN, MIDDLE_LEFT, False),
        (DEVIATION_FROM_MEAN, HIGHEST_LEFT, True),
        (FIXED_BOUNDS, LOWEST_LEFT, False),
        (FIXED_BOUNDS, HIGHEST_LEFT, False),
    ],
)
def test_moves_percentages_when_a_figure_of_the_formula_moves(
    formula: str, after: Prices, moves: bool
) -> None:
    assert moves_percentages(Formula(formula), BEFORE, after) is moves

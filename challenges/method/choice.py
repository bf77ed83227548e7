"""The method a body chooses for a stage: how price counts and what else holds. Pure.

Only what could not be kept at all is refused here; what is missing or weak is named by `findings`.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from challenges.kinds import Combine
from challenges.method.rules import (
    FIXED_BUDGET,
    Step,
    is_formula,
    ranking_of,
    usual_steps,
)
from challenges.sections.base import MONEY_MOST, Part, too_fine, weight_fault
from marketplace.core.text import N_
from scoring.engine.document import ADJUSTED_PRICE, HIGHEST_TOTAL
from scoring.engine.price import FIXED_BOUNDS

if TYPE_CHECKING:
    from challenges.kinds import PriceModel, Rounded

# Nobody explains a longer row of tie-breaks, and the column keeps no more.
STEPS_MOST = 4

DECIMALS_MOST = 6


@dataclass(frozen=True)
class Method(Part):
    """How price and quality make the result of a stage; money in minor units without VAT.

    `price_weight` is that of the price criterion, which only a formula has. `tie_break` is None for
    the usual order and empty where ties stay. `below_mean` and `below_next` are percentages from
    which a price is asked about. `point_values` say by criterion what one point is worth.
    `combine` tells how the scores of several people become one, and `names_withheld` that these
    people do not see who bids.
    """

    price_model: "PriceModel"
    best_minor: int | None = None
    worst_minor: int | None = None
    price_weight: Decimal | None = None
    quality_threshold: Decimal | None = None
    rounded: "Rounded | None" = None
    rounded_decimals: int | None = None
    tie_break: tuple[str, ...] | None = None
    below_mean: Decimal | None = None
    below_next: Decimal | None = None
    point_values: tuple[tuple[str, int | None], ...] = ()
    combine: Combine = Combine.CONSENSUS
    names_withheld: bool = False

    @property
    def priced(self) -> bool:
        """Whether bids give a price."""
        return self.price_model != FIXED_BUDGET

    def kept(self) -> Self:
        """Leave out what the price model has no use for."""
        model, kept = self.price_model, self
        if model != FIXED_BOUNDS:
            kept = replace(kept, best_minor=None, worst_minor=None)
        if not is_formula(model):
            kept = replace(kept, price_weight=None)
        if ranking_of(model) != HIGHEST_TOTAL or kept.rounded is None:
            kept = replace(kept, rounded=None, rounded_decimals=None)
        elif kept.rounded_decimals is None:
            kept = replace(kept, rounded_decimals=0)
        if model != ADJUSTED_PRICE:
            kept = replace(kept, point_values=tuple((key, None) for key, _ in kept.point_values))
        if kept.tie_break is not None:
            kept = replace(kept, tie_break=self._steps_kept(kept.tie_break))
        if not self.priced:
            kept = replace(kept, below_mean=None, below_next=None)
        return replace(kept, point_values=tuple(sorted(kept.point_values)))

    def _steps_kept(self, steps: tuple[str, ...]) -> tuple[str, ...] | None:
        """Give each step once, without one that asks for a price where there is none."""
        used = tuple(dict.fromkeys(s for s in steps if self.priced or s != Step.PRICE))
        return None if used == usual_steps(self.price_model) else used

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field; a point's value as `point_value-KEY`."""
        found = {**self._bounds_faults(), **self._share_faults()}
        if self.price_weight is not None and (fault := weight_fault(self.price_weight)):
            found["price_weight"] = fault
        decimals = self.rounded_decimals
        if decimals is not None and not 0 <= decimals <= DECIMALS_MOST:
            found["rounded_decimals"] = N_("Enter a whole number from 0 to 6.")
        if len(self.tie_break or ()) > STEPS_MOST:
            found["tie_break"] = N_("Name at most 4 tie-breaks.")
        for key, value in self.point_values:
            if value is not None and not 0 <= value <= MONEY_MOST:
                found[f"point_value-{key}"] = N_("Enter zero or an amount above it.")
        return found

    def _bounds_faults(self) -> dict[str, str]:
        found = {}
        best, worst = self.best_minor, self.worst_minor
        if best is not None and best < 0:
            found["best_minor"] = N_("Enter zero or an amount above it.")
        if worst is not None and worst <= 0:
            found["worst_minor"] = N_("Enter an amount above zero.")
        for name, amount in (("best_minor", best), ("worst_minor", worst)):
            if (amount or 0) > MONEY_MOST:
                found[name] = N_("Enter a smaller amount.")
        if best is not None and worst is not None and best >= worst:
            found["worst_minor"] = N_(
                "The price that gets no points must be higher than the one that gets all."
            )
        return found

    def _share_faults(self) -> dict[str, str]:
        found = {}
        for name, places in (("quality_threshold", 3), ("below_mean", 1), ("below_next", 1)):
            share = getattr(self, name)
            if share is not None and not 0 < share <= 100:
                found[name] = N_("Enter a percentage above 0 and up to 100.")
            elif share is not None and too_fine(share.scaleb(places - 3)):
                found[name] = (
                    N_("Enter at most 3 digits after the point.")
                    if places == 3
                    else N_("Enter at most 1 digit after the point.")
                )
        return found

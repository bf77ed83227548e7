"""Money and legal route. Pure."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, Self

from challenges.sections.base import MONEY_MOST, Part, Section, weight_fault
from marketplace.core.text import N_
from scoring.engine.price import FORMULAS

if TYPE_CHECKING:
    from challenges.kinds import LegalRoute, PriceModel


@dataclass(frozen=True)
class Money(Part):
    """The legal route, the total value, and how price counts; money in minor units without VAT.

    `value_minor` is the total of all stages, options and prizes. `price_weight` is that of the
    price criterion, which exists only where price counts.
    """

    section: ClassVar[Section] = Section.MONEY

    price_model: "PriceModel"
    legal_route: "LegalRoute | None" = None
    value_minor: int | None = None
    budget_minor: int | None = None
    best_minor: int | None = None
    worst_minor: int | None = None
    price_weight: Decimal | None = None

    def kept(self) -> Self:
        """Leave out what the price model has no use for."""
        bounds = (
            self
            if self.price_model == "fixed_bounds"
            else replace(self, best_minor=None, worst_minor=None)
        )
        return bounds if self.price_model in FORMULAS else replace(bounds, price_weight=None)

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = {
            name: N_("Enter an amount above zero.")
            for name in ("value_minor", "budget_minor", "worst_minor")
            if getattr(self, name) is not None and getattr(self, name) <= 0
        }
        found |= {
            name: N_("Enter a smaller amount.")
            for name in ("value_minor", "budget_minor", "best_minor", "worst_minor")
            if (getattr(self, name) or 0) > MONEY_MOST
        }
        if self.best_minor is not None and self.best_minor < 0:
            found["best_minor"] = N_("Enter zero or an amount above it.")
        if (
            self.best_minor is not None
            and self.worst_minor is not None
            and self.best_minor >= self.worst_minor
        ):
            found["worst_minor"] = N_(
                "The price that gets no points must be higher than the one that gets all."
            )
        if self.price_weight is not None and (fault := weight_fault(self.price_weight)):
            found["price_weight"] = fault
        return found

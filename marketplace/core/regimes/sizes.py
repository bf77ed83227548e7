"""Reads the size classes of enterprises and answers which a supplier is in."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

from marketplace.core.text import N_


class SizeClass(StrEnum):
    """How large an enterprise is; the first three are SMEs."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


SIZE_WORDS = {
    SizeClass.MICRO: N_("Micro"),
    SizeClass.SMALL: N_("Small"),
    SizeClass.MEDIUM: N_("Medium"),
    SizeClass.LARGE: N_("Large"),
}


@dataclass(frozen=True)
class Ceiling:
    """The limits of one class: staff below, turnover or balance sheet at most, in euros."""

    size: SizeClass
    staff_below: int
    turnover_euros: int
    balance_euros: int


@dataclass(frozen=True)
class SizeRules:
    """One dated version of the classes; `ceilings` from the smallest up."""

    version: str
    valid_from: date
    source: str
    pounds_per_euro: Decimal
    ceilings: tuple[Ceiling, ...]

    def size_of(self, staff: int, turnover_minor: int, balance_minor: int) -> SizeClass:
        """Give the class of an enterprise; money in minor units of sterling.

        Staff must be below the class's number, and turnover or balance sheet total at most its
        ceiling: an enterprise may exceed one of the two. At the ceiling still counts.

        Source: 2003/361/EC, Annex, Article 2.
        """
        for ceiling in self.ceilings:
            within = (
                Decimal(turnover_minor) <= self._minor(ceiling.turnover_euros)
                or Decimal(balance_minor) <= self._minor(ceiling.balance_euros)
            )  # fmt: skip
            if staff < ceiling.staff_below and within:
                return ceiling.size
        return SizeClass.LARGE

    def _minor(self, euros: int) -> Decimal:
        return euros * self.pounds_per_euro * 100


@cache
def size_versions() -> tuple[SizeRules, ...]:
    """Give all versions of the size classes, the oldest first."""
    file = resources.files("marketplace.core.regimes") / "sizes.toml"
    found = [
        SizeRules(
            version=item["version"],
            valid_from=item["valid_from"],
            source=item["source"],
            pounds_per_euro=Decimal(item["pounds_per_euro"]),
            ceilings=tuple(
                Ceiling(
                    size=SizeClass(row["key"]),
                    staff_below=row["staff_below"],
                    turnover_euros=row["turnover_euros"],
                    balance_euros=row["balance_euros"],
                )
                for row in item["classes"]
            ),
        )
        for item in tomllib.loads(file.read_text(encoding="utf-8"))["versions"]
    ]
    return tuple(sorted(found, key=lambda rules: rules.valid_from))


def size_rules_on(day: date) -> SizeRules:
    """Give the version in force on `day`; before the first version, the first."""
    known = size_versions()
    return ([known[0]] + [rules for rules in known if rules.valid_from <= day])[-1]

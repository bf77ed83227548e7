"""A supplier's size with the enterprises it is linked to, and how it came about. Pure.

Source: Commission Recommendation 2003/361/EC, Annex, Articles 3 and 6: of a partner enterprise
(from 25 % up to 50 % held by either) its share of the figures is added, of a linked one (above
50 %) all of them; a smaller share leaves an enterprise autonomous.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from bids.passport.answers import Values
from marketplace.core.regimes.sizes import SizeClass, SizeRules

PARTNER_FROM = 25
LINKED_ABOVE = 50


@dataclass(frozen=True)
class Counted:
    """One enterprise: its share in percent, and what of its figures counts, in percent."""

    name: str
    share: int
    counts: int


@dataclass(frozen=True)
class Size:
    """The figures that count, money in minor units, the class they give, and who was counted in."""

    staff: int
    turnover_minor: int
    balance_minor: int
    size: SizeClass
    others: Sequence[Counted]


def size_of(values: Values, rules: SizeRules) -> Size:
    """Work out a supplier's size from its answer; halves of a person are rounded up."""
    totals = [Decimal(values[name]) for name in ("staff", "turnover_minor", "balance_minor")]
    others = []
    for row in values.get("rows", ()):
        counts = _counts(row["share"])
        others.append(Counted(row["name"], row["share"], counts))
        for at, name in enumerate(("staff", "turnover_minor", "balance_minor")):
            totals[at] += Decimal(row[name]) * counts / 100
    staff, turnover, balance = (int(each.quantize(Decimal(1), ROUND_HALF_UP)) for each in totals)
    return Size(staff, turnover, balance, rules.size_of(staff, turnover, balance), others)


def _counts(share: int) -> int:
    if share > LINKED_ABOVE:
        return 100
    return share if share >= PARTNER_FROM else 0

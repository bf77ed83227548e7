"""Chooses, orders and pages the rows of a population as an address asks for them. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from marketplace.core.text import N_
from scoring.records.flags import Flag

if TYPE_CHECKING:
    from scoring.records.population import Purchase

PAGE_SIZE = 50


class Order(StrEnum):
    """What rows are ordered by."""

    DATE = "date"
    FLAGS = "flags"
    VALUE = "value"
    BIDS = "bids"
    REFERENCE = "reference"


ORDER_WORDS = {
    Order.DATE: N_("Earliest first"),
    Order.FLAGS: N_("Most flags first"),
    Order.VALUE: N_("Largest value first"),
    Order.BIDS: N_("Fewest bids first"),
    Order.REFERENCE: N_("Reference"),
}

# Those without a number come last; ties keep the order of the population, by date.
_KEYS: Mapping[Order, Callable[["Purchase"], Any]] = {
    Order.DATE: lambda _row: 0,
    Order.FLAGS: lambda row: -len(row.flags),
    Order.VALUE: lambda row: -(row.signed_minor or row.value_minor or 0),
    Order.BIDS: lambda row: (row.bids is None, row.bids or 0),
    Order.REFERENCE: lambda row: row.reference,
}


class Which(StrEnum):
    """Which rows are shown, besides those with one flag."""

    ALL = ""
    FLAGGED = "flagged"


@dataclass(frozen=True)
class Page:
    """Some rows of a population.

    `found` is how many the filters leave, `flags` how many rows of the whole population carry each
    flag. `after` and `before` are references at which the neighbouring pages begin and end.
    """

    rows: Sequence["Purchase"]
    found: int
    flags: Mapping[Flag, int]
    flagged: int
    after: str | None = None
    first_page: bool = True


def page_of(
    purchases: Sequence["Purchase"],
    *,
    flag: Flag | None = None,
    only_flagged: bool = False,
    words: str = "",
    order: Order = Order.DATE,
    after: str | None = None,
    size: int = PAGE_SIZE,
) -> Page:
    """Give the page after the row of a reference; an unknown one means the beginning."""
    chosen = sorted(
        chosen_of(purchases, flag=flag, only_flagged=only_flagged, words=words), key=_KEYS[order]
    )
    places = {row.reference: place for place, row in enumerate(chosen, start=1)}
    begins = places.get(after or "", 0)
    rows = chosen[begins : begins + size]
    counts = Counter(each for row in purchases for each in row.flags)
    return Page(
        rows=rows,
        found=len(chosen),
        flags={each: counts[each] for each in Flag},
        flagged=sum(bool(row.flags) for row in purchases),
        after=rows[-1].reference if begins + size < len(chosen) else None,
        first_page=begins == 0,
    )


def chosen_of(
    purchases: Sequence["Purchase"], *, flag: Flag | None, only_flagged: bool, words: str
) -> list["Purchase"]:
    """Give the rows that carry a flag, or any, and whose title or reference has the words."""
    wanted = words.casefold().split()
    return [
        row
        for row in purchases
        if (flag is None or flag in row.flags)
        and (row.flags or not only_flagged)
        and all(word in f"{row.reference} {row.title}".casefold() for word in wanted)
    ]

"""How the facts of a report read: money, figures, weights, who stands behind an id.

Pure. Words that need translation are left to the templates; this owns numbers and names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from scoring.engine.numbers import shown
from scoring.report.facts import (
    AwardReport,
    Bid,
    Criterion,
    Stage,
)
from scoring.report.values import CriterionKind, Money, Withheld

# Currencies of the bodies that buy here, all with 100 minor units; any other is shown by its code.
_SYMBOLS: Final = {"GBP": "£", "EUR": "€", "USD": "US$"}
DASH: Final = "–"
_TOTAL: Final = "Total: "
# How a step ends that gives the points of a criterion.
_ADDED: Final = re.compile(r"(?:= |rounded to )(?P<points>[^=,]+) points$")


def money(amount: Money) -> str:
    """Write an amount: "£48,000", "£48,000.50", "NOK 1,200.00"."""
    whole, minor = divmod(amount.minor, 100)
    symbol = _SYMBOLS.get(amount.currency)
    if symbol is None:
        return f"{amount.currency} {whole:,}.{minor:02d}"
    return f"{symbol}{whole:,}.{minor:02d}" if minor else f"{symbol}{whole:,}"


def figure(number: Mapping[str, Any] | None) -> str:
    """Write a number of a result document as it is displayed; a dash where there is none."""
    return DASH if number is None else str(number["display"])


def is_withheld(value: object) -> bool:
    """Tell whether an edition holds a fact or a figure back."""
    return isinstance(value, Withheld) or (isinstance(value, Mapping) and "withheld" in value)


def quality_points(row: Mapping[str, Any], criteria: Sequence[Criterion]) -> dict[str, str] | None:
    """Add up a bid's points on everything but price, as a number of a result document.

    None where a bid has no points, or some are withheld; 2 decimals are displayed.
    """
    cells = [
        (row["criteria"].get(criterion.id) or {}).get("points")
        for criterion in criteria
        if criterion.kind is not CriterionKind.PRICE
    ]
    if any(map(is_withheld, cells)):
        return None
    exact = [Fraction(cell["exact"]) for cell in cells if cell is not None]
    return shown(sum(exact, Fraction(0)), 2) if exact and len(exact) == len(cells) else None


def working(row: Mapping[str, Any], criteria: Sequence[Criterion]) -> list[str]:
    """Give the steps of a row's sums in the order of the report's criteria.

    The engine writes a line for each criterion in the order of their ids, then the total of their
    points in that order, then the rank.
    """
    lines: list[str] = list(row["trace"])
    places = {criterion.id: place for place, criterion in enumerate(criteria)}
    own = [places[each] for each in sorted(places) if (row["criteria"] or {}).get(each)]
    if len(lines) <= len(own):
        return lines
    steps = [lines[place] for place in sorted(range(len(own)), key=own.__getitem__)]
    ends = [_ADDED.search(step) for step in steps]
    points = [end["points"] for end in ends if end is not None]
    for line in lines[len(own) :]:
        parts, _equals, total = line.removeprefix(_TOTAL).partition(" = ")
        same = line.startswith(_TOTAL) and sorted(parts.split(" + ")) == sorted(points)
        steps.append(f"{_TOTAL}{' + '.join(points)} = {total}" if same else line)
    return steps


def bid_name(bid: Bid, unnamed: str) -> str:
    """Name a bid by its supplier, or by `unnamed` and its reference where that is withheld."""
    return bid.supplier if isinstance(bid.supplier, str) else f"{unnamed} {bid.reference}"


def bid_names(stage: Stage, unnamed: str) -> dict[str, str]:
    """Name every bid of a stage, by reference."""
    return {bid.reference: bid_name(bid, unnamed) for bid in stage.bids}


def people_names(report: AwardReport) -> dict[str, str]:
    """Name every person, by id."""
    return {person.id: person.name for person in report.people}


def panel_names(report: AwardReport, stage: Stage) -> dict[str, str]:
    """Name every person by what a stage's result calls them, where it is not their id."""
    before = f"{stage.id}/"
    own = {
        person.id.removeprefix(before): person.name
        for person in report.people
        if person.id.startswith(before)
    }
    return {**people_names(report), **own}

"""What an edition strikes out of texts: names, prices and totals that it withholds. Pure.

A sentence can give away a figure without naming it, where it says how far it lies from one that is
shown, or that both are the same.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any

from scoring.report.facts import AwardReport, Stage, bid_of
from scoring.report.striking import Striker, without_ties
from scoring.report.values import Money
from scoring.report.withholding import bids_of, losing_bids
from scoring.report.wording import is_withheld

Strike = Callable[[str], str]


def strikers(
    full: AwardReport,
    labels: Mapping[str, str],
    results: Sequence[Mapping[str, Any]],
    *,
    own: Collection[str],
    named: bool,
) -> tuple[Strike, Strike]:
    """Give what strikes in a text about one bid, and what strikes in a text about all of them.

    `labels`: for the ids of people whose names are withheld, what stands in their place. `results`:
    each stage's result as the edition has it. `own`: the bids of the supplier whom the edition is
    for. `named`: it names all suppliers.
    """
    striker = Striker()
    for person in full.people:
        if person.id in labels:
            striker.strike_person(person.name, labels[person.id])
    if not named:
        _strike_suppliers(striker, full, own)
    told = {*full.decision.winners, *own}
    ties = [
        _strike_prices(striker, stage, told) | _strike_totals(striker, stage, result)
        for stage, result in zip(full.stages, results, strict=True)
    ]
    if not any(ties):
        return striker, striker
    return striker, lambda text: striker(without_ties(text))


def _strike_suppliers(striker: Striker, full: AwardReport, own: Collection[str]) -> None:
    successful = {bid_of(full.deciding_stage, each).supplier for each in full.decision.winners}
    itself = {bid.supplier for bid in bids_of(full) if bid.reference in own}
    for bid in losing_bids(full, own):
        # One supplier may have made the preferred bid and another one.
        if isinstance(bid.supplier, str) and bid.supplier not in successful | itself:
            striker.strike_supplier(bid.supplier, f"Bid {bid.reference}")


def _strike_prices(striker: Striker, stage: Stage, told: Collection[str]) -> bool:
    """Strike the prices that are not told; say whether one is the same as one that is."""
    prices = [(bid.reference, bid.price) for bid in stage.bids if isinstance(bid.price, Money)]
    shown = {price for reference, price in prices if reference in told}
    withheld = {price for reference, price in prices if reference not in told}
    for price in withheld:
        striker.strike_price(price)
        for other in shown:
            striker.strike_difference(price, other)
    return bool(shown & withheld)


def _strike_totals(striker: Striker, stage: Stage, result: Mapping[str, Any]) -> bool:
    """Strike the totals that a result withholds; say whether one is the same as one it shows."""
    shown: set[Fraction] = set()
    withheld: set[Fraction] = set()
    for full, told in zip(stage.result["bids"], result["bids"], strict=True):
        if full["total"] is not None:
            total = Fraction(full["total"]["exact"])
            (withheld if is_withheld(told["total"]) else shown).add(total)
    for total in withheld:
        striker.strike_total(total, shown)
    return bool(shown & withheld)

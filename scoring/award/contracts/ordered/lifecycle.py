"""What a court can order about a signed contract, and what that makes of it. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from marketplace.core.text import N_

TEXT_MOST = 10_000
SHORT_MOST = 200


class OrderKind(StrEnum):
    """What a court ordered."""

    INEFFECTIVE = "ineffective"
    SHORTENED = "shortened"
    PENALTY = "penalty"


# Source: Public Contracts (Scotland) Regulations 2015, regs. 88 to 92, and Procurement Act 2023,
# ss. 104 and 105: a court sets a contract aside, makes it shorter, or leaves it as it is.
ORDER_WORDS: Mapping[OrderKind, str] = {
    OrderKind.INEFFECTIVE: N_("The contract is ineffective, or set aside"),
    OrderKind.SHORTENED: N_("The contract ends earlier"),
    OrderKind.PENALTY: N_("A penalty only: the contract stays as it is"),
}


@dataclass(frozen=True)
class Ordered:
    """An order as the court's paper has it; `ends_on` is the last day that a shorter contract has
    by it, `penalty_minor` what the body pays, None where it pays nothing."""

    kind: OrderKind | None
    made_on: date | None
    court: str
    reference: str
    says: str
    ends_on: date | None = None
    penalty_minor: int | None = None


def last_day(kind: OrderKind, made_on: date, ends_on: date | None) -> date | None:
    """Give the last day that a contract has by an order; None where it stays as it is.

    One that is ineffective is so from the day of the order on.
    """
    if kind is OrderKind.INEFFECTIVE:
        return made_on
    return ends_on if kind is OrderKind.SHORTENED else None


def is_over(kind: OrderKind, made_on: date, ends_on: date | None, today: date) -> bool:
    """Tell whether nothing more is planned, delivered or changed under a contract by an order.

    On the last day of a shorter contract it holds still; on the day of an order by which it is
    ineffective it does not.
    """
    if kind is OrderKind.INEFFECTIVE:
        return today >= made_on
    return kind is OrderKind.SHORTENED and ends_on is not None and today > ends_on


def faults(
    ordered: Ordered, *, signed_on: date, ends_on: date | None, today: date
) -> dict[str, str]:
    """Name what cannot be of an order about a contract, by field.

    `signed_on` is when the contract was signed, `ends_on` its last day as it is now.
    """
    found: dict[str, str] = {}
    if ordered.kind is None:
        found["kind"] = N_("Choose what the court ordered")
    if ordered.made_on is None:
        found["made_on"] = N_("Enter the day of the order")
    elif ordered.made_on > today:
        found["made_on"] = N_("Enter a day that is not in the future")
    elif ordered.made_on < signed_on:
        found["made_on"] = N_("The contract was not signed yet on this day")
    if ordered.kind is OrderKind.SHORTENED and "made_on" not in found:
        fault = _end_fault(ordered.ends_on, ordered.made_on, ends_on)
        if fault is not None:
            found["ends_on"] = fault
    if ordered.kind is OrderKind.PENALTY and ordered.penalty_minor is None:
        found["penalty"] = N_("Enter the penalty")
    if ordered.penalty_minor is not None and ordered.penalty_minor <= 0:
        found["penalty"] = N_("Enter an amount above nothing, or leave it empty")
    return found


def _end_fault(day: date | None, made_on: date | None, ends_on: date | None) -> str | None:
    if day is None:
        return N_("Enter the last day that the court gave the contract")
    if made_on is not None and day < made_on:
        return N_("The last day cannot lie before the order")
    if ends_on is not None and day >= ends_on:
        return N_("The contract ends no later than this already")
    return None


def same(ordered: Ordered, others: Collection[Ordered]) -> bool:
    """Tell whether an order was recorded before, by its court, its day and its reference."""
    return _mark(ordered) in {_mark(each) for each in others}


def _mark(ordered: Ordered) -> tuple[str, date | None, str]:
    return ordered.court.casefold(), ordered.made_on, ordered.reference.casefold()

"""The line that a contracts register has of a contract, made from what is recorded. Pure.

Source: Procurement Reform (Scotland) Act 2014, s. 35, as the regime's data state it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from challenges.law import Law
from marketplace.core.dates import PLACE, format_date
from marketplace.core.money import money
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge
    from scoring.award.contracts.queries import Kept


@dataclass(frozen=True)
class Item:
    """One thing that the register tells: `says` names it, `value` is empty where it is unknown."""

    key: str
    says: str
    value: str


@dataclass(frozen=True)
class Line:
    """What the register tells of one contract.

    `required` tells that the law has it entered at this value, by `provision`; `in_report` that
    the body's annual report tells of it.
    """

    items: Sequence[Item]
    required: bool
    provision: str
    in_report: bool

    @property
    def missing(self) -> list[Item]:
        """Give what is unknown."""
        return [each for each in self.items if not each.value]


def line_of(challenge: "Challenge", kept: "Kept", law: Law) -> Line:
    """Make the line of one contract, as it stands now."""
    contract = kept.contract
    register = law.band.contracts_register
    return Line(
        items=[
            Item("awarded", N_("Date of award"), _day(_london(contract.signed_at))),
            Item("contractor", N_("Name of the contractor"), kept.supplier.name),
            Item("subject", N_("What the contract is about"), challenge.title),
            Item("value", N_("Value without VAT"), money(kept.value_minor)),
            Item("starts", N_("Start"), _day(contract.starts_on)),
            Item("ends", N_("End, without any extension"), _ends(kept)),
            *_moved(kept),
            Item("extension", N_("How long it can still be extended"), _extension(kept)),
        ],
        required=register is not None and kept.value_minor >= register.from_pounds * 100,
        provision=register.provision if register else "",
        in_report=law.band.annual_report is not None,
    )


def _london(instant: datetime) -> date:
    return instant.astimezone(PLACE).date()


def _day(day: date | None) -> str:
    return format_date(day) if day else ""


def _ends(kept: "Kept") -> str:
    """Give the end as it was signed."""
    return _day(kept.contract.ends_on) or (kept.contract.ends_when or "").strip()


def _moved(kept: "Kept") -> list[Item]:
    """Give the end that holds, where it is another than the one that was signed."""
    if kept.ends_on == kept.contract.ends_on:
        return []
    return [Item("ends_now", N_("End that holds now"), _day(kept.ends_on))]


def _extension(kept: "Kept") -> str:
    """Say how long a contract can still be extended, shortly: a register is no prose."""
    contract = kept.contract
    if contract.extensions_most is None:
        return ""
    left = contract.extensions_most - kept.extensions_used
    if left <= 0 or contract.extension_months is None:
        return "Not at all"
    months = contract.extension_months
    return f"{left} × {months} month{'' if months == 1 else 's'}"

"""Stages and what is paid: one stage, and what may be bought after the last. Pure.

Amounts are in minor units without VAT.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Self

from challenges.sections.base import MONEY_MOST, Part, Section, too_long
from challenges.stages.kinds import LaterKind, Payment, Property, StageKind, Unit
from marketplace.core.text import N_

NAME_MOST = 120
NOTE_MOST = 5_000
STAGES_MOST = 12
SUPPLIERS_MOST = 1_000
LENGTH_MOST = 1_000
PRIZES_MOST = 20
MILESTONES_MOST = 20
# What a stage can allow to be attached to a bid: so many files, each so large, of these kinds.
ATTACHED_MOST = 10
MEGABYTES_MOST = 50
ATTACHABLE: Mapping[str, str] = {
    "pdf": "PDF",
    "docx": "DOCX",
    "odt": "ODT",
    "xlsx": "XLSX",
    "csv": "CSV",
    "png": "PNG",
    "jpeg": "JPEG",
}

TOO_MUCH = N_("Enter a smaller amount.")
NOTHING = N_("Enter an amount above zero.")


@dataclass(frozen=True)
class Step(Part):
    """What one stage is: who takes part, what is paid, how long it takes, who owns the result.

    `prizes` are pairs of a name and an amount, the first prize first. `milestones` has the name of
    each on a line: where there are any, bids give a price for each. `attach_kinds` are keys of
    `ATTACHABLE`, parted by spaces: where there are none, nothing may be attached to a bid;
    `attach_most` files at most, of `attach_mb` megabytes at most each.
    """

    section: ClassVar[Section] = Section.STAGES
    limits: ClassVar[Mapping[str, int]] = {
        "name": NAME_MOST,
        "description": NOTE_MOST,
        "how_paid": NOTE_MOST,
        "property_note": NOTE_MOST,
        "prizes_paid": NOTE_MOST,
        "milestones": NOTE_MOST,
    }
    lines: ClassVar[frozenset[str]] = frozenset({"name"})

    kind: StageKind
    name: str
    description: str = ""
    suppliers: int | None = None
    payment: Payment = Payment.NONE
    amount_minor: int | None = None
    vat_on_top: bool = True
    how_paid: str = ""
    lasts: int | None = None
    lasts_in: Unit | None = None
    property: Property = Property.SUPPLIER
    property_note: str = ""
    options_minor: int | None = None
    prizes: tuple[tuple[str, int], ...] = ()
    prizes_paid: str = ""
    milestones: str = ""
    attach_kinds: str = ""
    attach_most: int | None = None
    attach_mb: int | None = None

    def kept(self) -> Self:
        """Leave out what is said of a payment or a prize that there is not."""
        found = self
        if self.payment is Payment.NONE:
            found = replace(found, amount_minor=None, how_paid="", vat_on_top=True)
        if self.lasts is None:
            found = replace(found, lasts_in=None)
        if not self.attach_kinds:
            found = replace(found, attach_most=None, attach_mb=None)
        found = replace(found, milestones="\n".join(milestone_names(self.milestones)))
        return found if self.prizes else replace(found, prizes_paid="")

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        if not self.name:
            found["name"] = N_("Enter a name for this stage.")
        if self.suppliers is not None and not 0 < self.suppliers <= SUPPLIERS_MOST:
            found["suppliers"] = N_("Enter a number between 1 and 1,000.")
        for field in ("amount_minor", "options_minor"):
            if fault := amount_fault(getattr(self, field)):
                found[field] = fault
        if self.lasts is not None and not 0 < self.lasts <= LENGTH_MOST:
            found["lasts"] = N_("Enter a length between 1 and 1,000.")
        elif self.lasts is not None and self.lasts_in is None:
            found["lasts_in"] = N_("Choose minutes, days, weeks or months.")
        if fault := self._prizes_fault():
            found["prizes"] = fault
        if fault := _milestones_fault(self.milestones):
            found.setdefault("milestones", fault)
        return found | self._attaching_faults()

    def _attaching_faults(self) -> dict[str, str]:
        found: dict[str, str] = {}
        if not self.attach_kinds:
            return found
        if set(self.attach_kinds.split()) - ATTACHABLE.keys():
            found["attach_kinds"] = N_("Choose kinds from the list.")
        if self.attach_most is None or not 0 < self.attach_most <= ATTACHED_MOST:
            found["attach_most"] = N_("Enter a number of files between 1 and 10.")
        if self.attach_mb is None or not 0 < self.attach_mb <= MEGABYTES_MOST:
            found["attach_mb"] = N_("Enter a size between 1 and 50 megabytes.")
        return found

    def _prizes_fault(self) -> str | None:
        if len(self.prizes) > PRIZES_MOST:
            return N_("Name at most 20 prizes.")
        if any(not name or len(name) > NAME_MOST for name, _amount in self.prizes):
            return N_("Give each prize a name of up to 120 characters.")
        for _name, amount in self.prizes:
            if fault := amount_fault(amount):
                return fault
        return None


@dataclass(frozen=True)
class Later(Part):
    """What may be bought after the last stage; `kind` None: nothing is said about it yet."""

    section: ClassVar[Section] = Section.STAGES
    limits: ClassVar[Mapping[str, int]] = {"bodies": NOTE_MOST, "note": NOTE_MOST}

    kind: LaterKind | None = None
    value_minor: int | None = None
    bodies: str = ""
    note: str = ""

    def kept(self) -> Self:
        """Leave out what only an included purchase has."""
        if self.kind is LaterKind.INCLUDED:
            return self
        return replace(self, value_minor=None, bodies="")

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        if fault := amount_fault(self.value_minor):
            found["value_minor"] = fault
        return found


def milestone_names(text: str | None) -> list[str]:
    """Give the names of milestones, each of which has a line."""
    return [" ".join(line.split()) for line in (text or "").splitlines() if line.strip()]


def _milestones_fault(text: str) -> str | None:
    names = milestone_names(text)
    if len(names) > MILESTONES_MOST:
        return N_("Name at most 20 milestones.")
    if any(len(name) > NAME_MOST for name in names):
        return N_("Give each milestone a name of up to 120 characters.")
    if len({name.casefold() for name in names}) < len(names):
        return N_("Give each milestone a name of its own.")
    return None


def amount_fault(amount: int | None) -> str | None:
    """Name what is wrong with an amount, if anything: it is above zero and no slip of the keys."""
    if amount is not None and amount <= 0:
        return NOTHING
    if amount is not None and amount > MONEY_MOST:
        return TOO_MUCH
    return None

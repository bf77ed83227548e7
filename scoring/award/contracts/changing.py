"""What may be changed in a signed contract, by how much, and who must agree. Pure.

Amounts are in minor units without VAT; every sum is of whole minor units, so that a limit is held
to the penny.

Source: Public Contracts (Scotland) Regulations 2015, reg. 72, as the regime's data state it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.dates import format_day, months_after
from marketplace.core.money import money
from marketplace.core.text import N_
from scoring.award.contracts.terms import YEARS_AHEAD

if TYPE_CHECKING:
    from marketplace.core.regimes.notice_forms import ChangeGround

TEXT_MOST = 5_000


class ChangeKind(StrEnum):
    """What a change is about."""

    VALUE = "value"
    EXTENSION = "extension"
    SCOPE = "scope"
    NOVATION = "novation"


KIND_WORDS: Mapping[ChangeKind, str] = {
    ChangeKind.VALUE: N_("Another value"),
    ChangeKind.EXTENSION: N_("A later last day"),
    ChangeKind.SCOPE: N_("Other work for the same money"),
    ChangeKind.NOVATION: N_("Another supplier takes the contract over"),
}


@dataclass(frozen=True)
class Wanted:
    """A change as an officer describes it: what, why, and on which ground.

    `value_after_minor` and `ends_on` are asked where the kind is about them. `supplier` is the
    other supplier's name, and `supplier_check` how it was checked.
    """

    kind: ChangeKind
    what: str
    why: str
    ground: str | None = None
    value_after_minor: int | None = None
    ends_on: date | None = None
    supplier: str = ""
    supplier_check: str = ""


@dataclass(frozen=True)
class Made:
    """One change that holds: its ground, how much the value rose by it, and whether it used up one
    of the extensions that the contract foresaw."""

    ground: str | None
    rise_minor: int
    extends: bool


@dataclass(frozen=True)
class Standing:
    """A contract as it stands, with what limits its changes.

    `most_percent` is by how much of the first value all changes together may raise it that the
    contract did not foresee. `left_minor` is what is left of the published total after all
    contracts, `options_minor` what is left of the options that were published for its stage; None
    where nothing was. `floor_minor` is what was accepted or paid under it. `ceiling_minor` is the
    first total at which stricter rules would have held for the purchase, None where there are no
    stricter ones; `total_minor` what all contracts of the challenge are worth now.
    """

    first_minor: int
    value_minor: int
    ends_on: date | None
    extensions_most: int
    extension_months: int | None
    made: Sequence[Made] = ()
    grounds: Mapping[str, "ChangeGround"] | None = None
    most_percent: int | None = None
    left_minor: int | None = None
    options_minor: int | None = None
    ceiling_minor: int | None = None
    total_minor: int = 0
    floor_minor: int = 0

    @property
    def extensions_used(self) -> int:
        """Count the extensions that were used up."""
        return sum(each.extends for each in self.made)

    @property
    def longest(self) -> date | None:
        """Give the latest last day that one more extension allows; None where there is none."""
        if (
            self.ends_on is None
            or self.extension_months is None
            or self.extensions_used >= self.extensions_most
        ):
            return None
        return months_after(self.ends_on, self.extension_months)


Fault = tuple[str, dict[str, object]]


def needs_approval(kind: ChangeKind, before_minor: int, after_minor: int) -> bool:
    """Tell whether another person must agree: where money or the supplier changes."""
    return kind is ChangeKind.NOVATION or before_minor != after_minor


def grounds_for(
    kind: ChangeKind, grounds: Mapping[str, "ChangeGround"]
) -> dict[str, "ChangeGround"]:
    """Give the grounds that a change of this kind can have."""
    return {
        key: ground for key, ground in grounds.items() if not ground.kinds or kind in ground.kinds
    }


def faults(wanted: Wanted, now: Standing) -> dict[str, Fault]:
    """Name what keeps a change from being made, by field, with what fills the words in."""
    found: dict[str, Fault] = {}
    for name, text in (("what", wanted.what), ("why", wanted.why)):
        if not text.strip():
            found[name] = (N_("Say this in a few sentences that everybody may read."), {})
        elif len(text) > TEXT_MOST:
            found[name] = (N_("Shorten this to 5,000 characters or fewer."), {})
    grounds = grounds_for(wanted.kind, now.grounds or {})
    ground = grounds.get(wanted.ground or "")
    if grounds and ground is None:
        found["ground"] = (N_("Choose the ground on which the contract may be changed."), {})
    if wanted.kind is ChangeKind.VALUE:
        found |= _named("value_after", _value_fault(wanted, now, ground))
    if wanted.kind is ChangeKind.EXTENSION:
        found |= _named("ends_on", _extension_fault(wanted, now, ground))
    if wanted.kind is ChangeKind.NOVATION:
        found |= _novation_faults(wanted)
    return found


def uses_option(kind: ChangeKind, ground: "ChangeGround | None") -> bool:
    """Tell whether a change is an extension that the contract itself foresaw."""
    return kind is ChangeKind.EXTENSION and (ground is None or ground.foreseen)


def _named(field: str, fault: Fault | None) -> dict[str, Fault]:
    return {} if fault is None else {field: fault}


def _value_fault(wanted: Wanted, now: Standing, ground: "ChangeGround | None") -> Fault | None:
    after = wanted.value_after_minor
    if after is None or after <= 0:
        return N_("Enter the contract’s value after the change."), {}
    rise = after - now.value_minor
    if rise == 0:
        return N_("This is the value that the contract has. Enter the new one."), {}
    if after < now.floor_minor:
        return (
            N_("Work for %(accepted)s is accepted under this contract. It cannot be worth less."),
            {"accepted": money(now.floor_minor)},
        )
    if rise < 0:
        return None
    if ground is not None and ground.foreseen:
        return _within_published(rise, now)
    return _within_law(rise, now, ground)


def _within_published(rise: int, now: Standing) -> Fault | None:
    """Hold what the contract foresaw to what was published: it was told to all bidders."""
    for left, words in (
        (
            now.options_minor,
            N_(
                "Of the options that were published for this stage %(left)s is left. More needs a "
                "new purchase."
            ),
        ),
        (
            now.left_minor,
            N_(
                "Of the published total value of the challenge %(left)s is left. More needs a new "
                "purchase."
            ),
        ),
    ):
        if left is not None and rise > left:
            return words, {"left": money(max(left, 0))}
    return None


def _within_law(rise: int, now: Standing, ground: "ChangeGround | None") -> Fault | None:
    """Hold what nobody foresaw to the law: by the ground, by all of them, by the threshold."""
    for risen, percent in _limits(ground, now):
        if (fault := _percent_fault(rise, risen, percent, now)) is not None:
            return fault
    if now.ceiling_minor is not None and now.total_minor + rise >= now.ceiling_minor:
        return (
            N_(
                "With this the purchase would be worth %(total)s, where stricter rules hold than "
                "those it was made by. It needs a new purchase."
            ),
            {"total": money(now.total_minor + rise)},
        )
    return None


def _limits(ground: "ChangeGround | None", now: Standing) -> Iterator[tuple[int, int]]:
    """Give each share of the first value that limits a rise on a ground, in percent, after what
    the value rose within it before."""
    grounds = now.grounds or {}
    if ground is not None and ground.most_percent is not None:
        yield (
            sum(each.rise_minor for each in now.made if each.ground == ground.key),
            ground.most_percent,
        )
    if now.most_percent is not None:
        yield (
            sum(
                each.rise_minor
                for each in now.made
                if (known := grounds.get(each.ground or "")) is None or not known.foreseen
            ),
            now.most_percent,
        )


@dataclass(frozen=True)
class Share:
    """What a rise is of the first value, in percent with one place, alone and together with the
    rises before it that the same limit counts; `most` is that limit, in whole percent, None where
    the rules set none."""

    alone: str
    together: str
    most: int | None


def shares(rise_minor: int, ground: "ChangeGround | None", now: Standing) -> list[Share]:
    """Hold a rise beside the limits of the law, the one that leaves least first, or beside none
    where there is no limit; nothing where the value falls, or the contract foresaw it."""
    if rise_minor <= 0 or (ground is not None and ground.foreseen):
        return []

    def percent(amount: int) -> str:
        return f"{Decimal(amount * 100) / now.first_minor:.1f}"

    limits = sorted(
        _limits(ground, now), key=lambda each: now.first_minor * each[1] - each[0] * 100
    )
    alone = percent(rise_minor)
    if not limits:
        return [Share(alone, alone, None)]
    return [Share(alone, percent(risen + rise_minor), most) for risen, most in limits]


def _percent_fault(rise: int, risen: int, percent: int, now: Standing) -> Fault | None:
    """Say that a rise is above a share of the first value, beside what the value rose before."""
    if (risen + rise) * 100 <= now.first_minor * percent:
        return None
    left = max(now.first_minor * percent // 100 - risen, 0)
    return (
        N_(
            "On this ground the value may rise by %(percent)s percent of the first value in all: "
            "%(left)s is left of that. More needs a new purchase."
        ),
        {"percent": percent, "left": money(left)},
    )


def _extension_fault(wanted: Wanted, now: Standing, ground: "ChangeGround | None") -> Fault | None:
    if now.ends_on is None:
        return N_("The contract has no last day, so it cannot be extended."), {}
    if wanted.ends_on is None:
        return N_("Enter the new last day."), {}
    if wanted.ends_on <= now.ends_on:
        return N_("The new last day is after the one so far, %(day)s."), {
            "day": format_day(now.ends_on)
        }
    if wanted.ends_on.year > now.ends_on.year + YEARS_AHEAD:
        return N_("Check the year: this day is too far away"), {}
    if not uses_option(wanted.kind, ground):
        return None
    if now.longest is None:
        return (
            N_(
                "The contract gives no further option to extend it: %(used)s of %(most)s are used. "
                "Longer work needs a new purchase."
            ),
            {"used": now.extensions_used, "most": now.extensions_most},
        )
    if wanted.ends_on > now.longest:
        return (
            N_("One extension leads to %(day)s at the latest. Longer work needs a new purchase."),
            {"day": format_day(now.longest)},
        )
    return None


def _novation_faults(wanted: Wanted) -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    if not wanted.supplier.strip():
        found["supplier"] = (N_("Enter the name of the supplier who takes the contract over."), {})
    elif len(wanted.supplier) > 200:
        found["supplier"] = (N_("Shorten this to 200 characters or fewer."), {})
    if not wanted.supplier_check.strip():
        found["supplier_check"] = (
            N_("Say how you checked that it is not excluded and can do the work."),
            {},
        )
    elif len(wanted.supplier_check) > TEXT_MOST:
        found["supplier_check"] = (N_("Shorten this to 5,000 characters or fewer."), {})
    return found

"""What a contract may say when it is signed, and which stages of work there are to sign for. Pure.

Amounts are in minor units without VAT.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from challenges.stages.kinds import LaterKind, Payment, StageKind, is_judged
from marketplace.core.money import money
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge, Stage

REFERENCE_MOST = 80
WORDS_MOST = 2_000
EXTENSIONS_MOST = 20
MONTHS_MOST = 120
# A contract is signed for work that is planned, not for another generation.
YEARS_AHEAD = 50

# Whoever shows something on a demo day is not paid for that day by a contract of its own.
_NO_CONTRACT = frozenset({StageKind.DEMO_DAY})


@dataclass(frozen=True)
class Terms:
    """What an officer says of a contract beside its reference and value.

    `ends_on` is the last day; where there is none, `ends_when` says what brings it to an end. It
    may be extended `extensions_most` times, by `extension_months` each. `bought_by` names the body
    that buys, where a later purchase is not made by the challenge's own.
    """

    starts_on: date | None
    ends_on: date | None = None
    ends_when: str = ""
    extensions_most: int = 0
    extension_months: int | None = None
    purchase_order: str = ""
    manager: str = ""
    bought_by: str = ""


@dataclass(frozen=True)
class Room:
    """How much a contract may be worth, by what was published.

    `exactly` is the fee that each supplier is paid, `most` what it may be paid at most for this
    work; None where nothing was published of that. `left` is what is left of the total value after
    all contracts so far, None where no total was published.
    """

    exactly: int | None = None
    most: int | None = None
    left: int | None = None


Faults = tuple[dict[str, str], dict[str, object]]


def work_stages(challenge: "Challenge", stage: "Stage") -> list["Stage"]:
    """Give the stages of work that suppliers chosen in a judged stage are contracted for.

    They lie between it and the next stage in which bids are judged.
    """
    found = []
    for each in sorted(challenge.stages, key=lambda one: one.ordinal):
        if each.ordinal <= stage.ordinal:
            continue
        if is_judged(each):
            break
        if each.kind not in _NO_CONTRACT:
            found.append(each)
    return found


def may_buy_later(challenge: "Challenge") -> bool:
    """Tell whether the result may be bought without asking the market again."""
    return challenge.later is not None and challenge.later.kind == LaterKind.INCLUDED


def room_for(
    challenge: "Challenge",
    work: "Stage | None",
    *,
    committed: int,
    later: bool = False,
    bought_later: int = 0,
) -> Room:
    """Give how much a contract may be worth for a stage of work, or as a `later` purchase.

    `committed` is what all contracts of the challenge are worth, `bought_later` those of them that
    are later purchases.
    """
    left = None if challenge.value_minor is None else challenge.value_minor - committed
    if later:
        published = challenge.later.value_minor if challenge.later else None
        return Room(most=None if published is None else published - bought_later, left=left)
    if work is None or work.amount_minor is None:
        return Room(left=left)
    if work.payment == Payment.FIXED:
        return Room(exactly=work.amount_minor, left=left)
    return Room(most=work.amount_minor, left=left)


def signing_faults(
    reference: str,
    value_minor: int,
    terms: Terms,
    room: Room,
    *,
    taken: Sequence[str],
    signed_on: date,
) -> Faults:
    """Name what cannot be of a contract that is to be recorded, by field, with what fills it in.

    `taken` are the references of the challenge's other contracts.
    """
    fields: dict[str, str] = {}
    data: dict[str, object] = {}
    if not reference.strip():
        fields["reference"] = N_("Enter the contract’s reference in your register")
    elif len(reference.strip()) > REFERENCE_MOST:
        fields["reference"] = N_("Use at most 80 characters")
    elif reference.strip().casefold() in {each.casefold() for each in taken}:
        fields["reference"] = N_("Another contract of this challenge has this reference already")
    if (fault := value_fault(value_minor, room)) is not None:
        fields["value"], told = fault
        data |= told
    fields |= _dates(terms, signed_on)
    fields |= _extensions(terms)
    for name, text, most in (
        ("ends_when", terms.ends_when, WORDS_MOST),
        ("purchase_order", terms.purchase_order, REFERENCE_MOST),
        ("manager", terms.manager, 200),
        ("bought_by", terms.bought_by, 200),
    ):
        if len(text) > most:
            fields[name] = N_("This is too long. Shorten it.")
    return fields, data


def value_fault(value_minor: int, room: Room) -> tuple[str, dict[str, object]] | None:
    """Say why a contract cannot be worth so much, with what fills the words in; else None."""
    if value_minor <= 0:
        return N_("Enter the contract’s value"), {}
    if room.exactly is not None and value_minor != room.exactly:
        return (
            N_("Each supplier is paid %(fee)s for this stage, as published. Enter that value"),
            {"fee": money(room.exactly)},
        )
    if room.most is not None and value_minor > room.most:
        return (
            N_("This is more than the %(most)s that may be paid for this, as published"),
            {"most": money(max(room.most, 0))},
        )
    if room.left is not None and value_minor > room.left:
        return (
            N_(
                "This is more than the total value that was published for the challenge. "
                "%(left)s is left of it"
            ),
            {"left": money(max(room.left, 0))},
        )
    return None


def _dates(terms: Terms, signed_on: date) -> dict[str, str]:
    fields = {}
    soonest = _years(signed_on, -YEARS_AHEAD)
    latest = _years(signed_on, YEARS_AHEAD)
    if terms.starts_on is None:
        fields["starts_on"] = N_("Enter the first day of the contract")
    elif not soonest <= terms.starts_on <= latest:
        fields["starts_on"] = N_("Check the year: this day is too far away")
    if terms.ends_on is None:
        if not terms.ends_when.strip():
            fields["ends_on"] = N_(
                "Enter the last day of the contract, or say below what brings it to an end"
            )
    elif terms.starts_on is not None and terms.ends_on < terms.starts_on:
        fields["ends_on"] = N_("The last day lies before the first")
    elif terms.ends_on > latest:
        fields["ends_on"] = N_("Check the year: this day is too far away")
    return fields


def _years(day: date, years: int) -> date:
    return day + timedelta(days=365 * years)


def _extensions(terms: Terms) -> dict[str, str]:
    fields = {}
    if not 0 <= terms.extensions_most <= EXTENSIONS_MOST:
        fields["extensions_most"] = N_("Enter a whole number from 0 to 20")
    elif terms.extensions_most and terms.ends_on is None:
        fields["extensions_most"] = N_("Only a contract with a last day can be extended")
    elif terms.extensions_most and not terms.extension_months:
        fields["extension_months"] = N_("Say by how many months each time")
    if terms.extension_months is not None and not 1 <= terms.extension_months <= MONTHS_MOST:
        fields["extension_months"] = N_("Enter a whole number from 1 to 120")
    return fields

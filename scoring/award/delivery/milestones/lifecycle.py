"""Where a milestone stands, what a plan of milestones must add up to, and how one is begun. Pure.

Amounts are in minor units without VAT.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from marketplace.core.text import N_

MILESTONES_MOST = 20
TITLE_MOST = 200
TEXT_MOST = 5_000
AMOUNT_MOST = 10**14


class Standing(StrEnum):
    """How far a milestone has come."""

    PLANNED = "planned"
    REPORTED = "reported"
    RETURNED = "returned"
    ACCEPTED = "accepted"
    PAID = "paid"


STANDING_WORDS: Mapping[Standing, str] = {
    Standing.PLANNED: N_("Planned"),
    Standing.REPORTED: N_("Delivered, waiting to be accepted"),
    Standing.RETURNED: N_("Sent back"),
    Standing.ACCEPTED: N_("Accepted"),
    Standing.PAID: N_("Accepted and paid"),
}

DONE = frozenset({Standing.ACCEPTED, Standing.PAID})


@dataclass(frozen=True)
class Written:
    """What is written of one milestone; `number` is that of one which is there already."""

    title: str
    deliverable: str
    accepted_when: str
    due_on: date | None
    payment_minor: int | None
    number: int | None = None

    @property
    def empty(self) -> bool:
        """Tell whether nothing is written: such a row of a form is no milestone."""
        texts = (self.title, self.deliverable, self.accepted_when)
        return not any(texts) and self.due_on is None and self.payment_minor is None


def standing(*, reported: bool, accepted: bool | None, paid: bool) -> Standing:
    """Give how far a milestone has come; `accepted` is the answer to its newest report, if any."""
    if paid:
        return Standing.PAID
    if accepted:
        return Standing.ACCEPTED
    if not reported:
        return Standing.PLANNED
    return Standing.REPORTED if accepted is None else Standing.RETURNED


def is_late(found: Standing, due_on: date, today: date) -> bool:
    """Tell whether a milestone should have been delivered by now and was not: its day is over."""
    return found in (Standing.PLANNED, Standing.RETURNED) and today > due_on


def sum_fault(payments: Collection[int], value_minor: int) -> tuple[str, int] | None:
    """Say what is wrong where payments do not come to the contract's value, with the difference."""
    difference = sum(payments) - value_minor
    if difference == 0:
        return None
    if difference > 0:
        return (
            N_(
                "The payments come to %(sum)s. That is %(difference)s more than the contract’s "
                "value of %(value)s. Make them come to exactly that."
            ),
            difference,
        )
    return (
        N_(
            "The payments come to %(sum)s. That is %(difference)s less than the contract’s value "
            "of %(value)s. Make them come to exactly that."
        ),
        -difference,
    )


def row_faults(
    rows: Sequence[Written], *, starts_on: date | None, settled: Mapping[int, Written]
) -> dict[str, str]:
    """Name what is wrong with each milestone, by the name of its field and its place from 0.

    Empty rows, as a form has some to spare, are passed over.

    `settled` are those that are accepted, by number: they stay as they are.
    """
    found: dict[str, str] = {}
    if all(row.empty for row in rows):
        found["title_0"] = N_("Enter at least one milestone")
    for at, row in enumerate(rows):
        if row.empty:
            continue
        if row.number is not None and row.number in settled:
            if _content(row) != _content(settled[row.number]):
                found[f"title_{at}"] = N_("This milestone is accepted, so it stays as it is")
            continue
        found |= _faults(row, at, starts_on)
    kept = {row.number for row in rows if not row.empty}
    if any(number not in kept for number in settled):
        found["title_0"] = N_("A milestone that is accepted cannot be left out")
    return found


def _content(row: Written) -> tuple[object, ...]:
    return (row.title, row.deliverable, row.accepted_when, row.due_on, row.payment_minor)


def _faults(row: Written, at: int, starts_on: date | None) -> dict[str, str]:
    found: dict[str, str] = {}
    if not row.title:
        found[f"title_{at}"] = N_("Enter what this milestone is called")
    elif len(row.title) > TITLE_MOST:
        found[f"title_{at}"] = N_("Shorten this to 200 characters or fewer.")
    for name, text, missing in (
        ("deliverable", row.deliverable, N_("Say what the supplier delivers")),
        ("accepted_when", row.accepted_when, N_("Say how you will tell that it is done")),
    ):
        if not text:
            found[f"{name}_{at}"] = missing
        elif len(text) > TEXT_MOST:
            found[f"{name}_{at}"] = N_("Shorten this to 5,000 characters or fewer.")
    if row.due_on is None:
        found[f"due_on_{at}"] = N_("Enter the day by which it is delivered")
    elif starts_on is not None and row.due_on < starts_on:
        found[f"due_on_{at}"] = N_("Choose a day on or after the contract’s start")
    if row.payment_minor is None:
        found[f"payment_{at}"] = N_("Enter what is paid for it: 0 if nothing is")
    elif row.payment_minor > AMOUNT_MOST:
        found[f"payment_{at}"] = N_("Enter a smaller amount.")
    return found


def evenly(value_minor: int, count: int) -> list[int]:
    """Share an amount among so many in whole pounds; what is left over stands with the last."""
    each = value_minor // count // 100 * 100
    return [*[each] * (count - 1), value_minor - each * (count - 1)]


def due_days(starts_on: date, ends_on: date, count: int) -> list[date]:
    """Give so many days spread evenly over a contract's time, the last one its last day."""
    length = (ends_on - starts_on).days
    return [starts_on + timedelta(days=length * (at + 1) // count) for at in range(count)]


def payment_fault(amount_minor: int | None, *, accepted_minor: int, note: str) -> dict[str, str]:
    """Name what is wrong with a payment for what was accepted, by field."""
    if not amount_minor:
        return {"amount": N_("Enter what was paid")}
    if amount_minor > accepted_minor:
        return {"amount": N_("This is more than was accepted for this milestone")}
    if amount_minor < accepted_minor and not note:
        return {"note": N_("Say why less is paid than was accepted")}
    return {}

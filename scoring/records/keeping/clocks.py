"""When the time to keep each kind of record of a purchase is over. Pure.

The rules that the plan was made under set the years; a body's own schedule lengthens them and never
shortens them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.dates import months_after
from marketplace.core.regimes.shapes import Keeping, Kept, KeptFrom

_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True)
class Ends:
    """What clocks begin at: the last award, the end of the last contract, an end without award.

    `running` tells that the challenge has neither come to an award nor ended; `open_ended` that a
    contract has no last day on record.
    """

    awarded_on: date | None = None
    contracts_end: date | None = None
    ended_on: date | None = None
    open_ended: bool = False


@dataclass(frozen=True)
class Clock:
    """The clock of one kind: years, from when, and the day on which its time is over.

    `starts_on` and `due_on` are None while it has not begun.
    """

    kind: Kept
    years: int
    own: bool
    provision: str
    starts: KeptFrom
    starts_on: date | None
    due_on: date | None


def clocks(keeping: Mapping[str, Keeping], own: Mapping[Kept, int], ends: Ends) -> Sequence[Clock]:
    """Give the clock of each kind of record that a purchase has.

    What came to an award has a file, bids and contracts; what ended without one is of one kind.
    """
    kinds = [Kept.FILE, Kept.BIDS, Kept.CONTRACT]
    if ends.awarded_on is None and ends.ended_on is not None:
        kinds = [Kept.NO_AWARD]
    return [_clock(kind, keeping[kind], own.get(kind, 0), ends) for kind in kinds]


def _clock(kind: Kept, rule: Keeping, own: int, ends: Ends) -> Clock:
    years = max(rule.years, own)
    starts_on = {
        KeptFrom.AWARD: ends.awarded_on,
        KeptFrom.END_OF_CONTRACT: None if ends.open_ended else ends.contracts_end,
        KeptFrom.END_WITHOUT_AWARD: ends.ended_on,
    }[rule.starts]
    return Clock(
        kind=kind,
        years=years,
        own=own > rule.years,
        provision=rule.provision,
        starts=rule.starts,
        starts_on=starts_on,
        due_on=months_after(starts_on, years * _MONTHS_OF_A_YEAR) if starts_on else None,
    )


def all_due_on(found: Sequence[Clock]) -> date | None:
    """Give the day on which the time of every kind is over; None while a clock has not begun.

    What is kept of a purchase hangs together: the winning bid is a part of the contract, so nothing
    of it goes before all may go.
    """
    days = [each.due_on for each in found]
    return None if not days or None in days else max(day for day in days if day is not None)

"""When benefits are measured, and what a measurement must say. Pure."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from marketplace.core.dates import months_after
from marketplace.core.text import N_

# How many months after the work was finished.
ROUNDS = (6, 12)
MEASURES_MOST = 12
MEASURE_MOST = 500
VALUE_MOST = 200
TEXT_MOST = 10_000

_LIST = re.compile(r"^\s*(?:[*\-•]|[0-9]{1,3}[.)])\s+")


@dataclass(frozen=True)
class Measured:
    """One measure: what it was before the work, and what it is now, in the body's own words."""

    measure: str
    before: str
    now: str

    @property
    def empty(self) -> bool:
        """Tell whether nothing is written: such a row of a form is no measure."""
        return not (self.measure or self.before or self.now)


def due_on(finished_on: date, months: int) -> date:
    """Give the day on which benefits are to be measured."""
    return months_after(finished_on, months)


def due(finished_on: date, measured: Collection[int], today: date) -> int | None:
    """Give the round that is due and not measured, the earliest first; None where none is."""
    return next(
        (each for each in ROUNDS if each not in measured and today >= due_on(finished_on, each)),
        None,
    )


def measures_of(text: str) -> list[str]:
    """Give the measures that a challenge named, one for each line or item of a list."""
    return list(_items(text))[:MEASURES_MOST]


def _items(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if item := _LIST.sub("", line).strip():
            yield item[:MEASURE_MOST]


def faults(rows: Sequence[Measured], words: str, lessons: str) -> dict[str, str]:
    """Name what is wrong with a measurement, by field; each measure's have its place from 0.

    Empty rows are passed over.
    """
    wrong: dict[str, str] = {}
    if all(row.empty for row in rows):
        wrong["measure_0"] = N_("Enter at least one measure")
    for at, row in enumerate(rows):
        if row.empty:
            continue
        if not row.measure:
            wrong[f"measure_{at}"] = N_("Say what was measured")
        elif len(row.measure) > MEASURE_MOST:
            wrong[f"measure_{at}"] = N_("Shorten this to 500 characters or fewer.")
        if not row.now:
            wrong[f"now_{at}"] = N_("Enter what it is now, or say why it is not known")
        for name, value in (("before", row.before), ("now", row.now)):
            if len(value) > VALUE_MOST:
                wrong[f"{name}_{at}"] = N_("Shorten this to 200 characters or fewer.")
    if not words:
        wrong["words"] = N_("Say in a few words what the work achieved")
    for name, value in (("words", words), ("lessons", lessons)):
        if len(value) > TEXT_MOST:
            wrong[name] = N_("Shorten this to 10,000 characters or fewer.")
    return wrong

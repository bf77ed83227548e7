"""What a sheet that was brought would change, and what is wrong with it, row by row. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from itertools import groupby
from typing import Any

from marketplace.core.text import N_
from scoring.panel.lifecycle import Fault, value_fault
from scoring.panel.sheets.layout import Line, one_line, state_of

REASON_MOST = 10_000


class RowFault(StrEnum):
    """What is wrong with one row."""

    UNKNOWN = "unknown"
    TWICE = "twice"
    MIXED = "mixed"
    SCORE_FORMULA = "score_formula"
    SCORE_NO_NUMBER = "score_no_number"
    SCORE_OUTSIDE = "score_outside"
    SCORE_PLACES = "score_places"
    REASON_FORMULA = "reason_formula"
    REASON_LONG = "reason_long"


ROW_FAULT_WORDS = {
    RowFault.UNKNOWN: N_(
        "The first cell is none of your sheet. Put back what stood there, or delete the row."
    ),
    RowFault.TWICE: N_("This is the same row as row %(first)s. Delete one of the two."),
    RowFault.MIXED: N_(
        "The first cell belongs to %(shown)s, %(question)s, and the row names another bid or "
        "question. Undo what moved the cells, or take a new sheet."
    ),
    RowFault.SCORE_FORMULA: N_("The score is a formula. Type the number instead."),
    RowFault.SCORE_NO_NUMBER: N_("The score is not a number. Type digits, such as 3 or 2.5."),
    RowFault.SCORE_OUTSIDE: N_("The score is not on the scale. Type a number from 0 to %(top)s."),
    RowFault.SCORE_PLACES: N_(
        "The score has more than three digits after the point. Type a shorter number."
    ),
    RowFault.REASON_FORMULA: N_(
        "The reason is a formula. Write it as text: put an apostrophe (') in front of it."
    ),
    RowFault.REASON_LONG: N_("The reason has more than 10,000 characters. Make it shorter."),
}


@dataclass(frozen=True)
class Brought:
    """A row as it was brought; `number` is its number in the sheet, `faults` what reading found."""

    number: int
    identifier: str
    shown: str
    question: str
    value: Decimal | None
    rationale: str
    taken: str
    faults: Sequence[RowFault] = ()

    def stored(self) -> dict[str, Any]:
        """Give the row in a form that JSON holds."""
        return {
            "number": self.number,
            "identifier": self.identifier,
            "shown": self.shown,
            "question": self.question,
            "value": None if self.value is None else f"{self.value:f}",
            "rationale": self.rationale,
            "taken": self.taken,
            "faults": [fault.value for fault in self.faults],
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Brought":
        """Read a row that was stored."""
        value = stored["value"]
        return cls(
            **{
                **stored,
                "value": None if value is None else Decimal(value),
                "faults": tuple(RowFault(fault) for fault in stored["faults"]),
            }
        )


@dataclass(frozen=True)
class Wrong:
    """What is wrong with rows that follow each other and have the same fault."""

    first: int
    last: int
    fault: RowFault
    data: Mapping[str, object]


@dataclass(frozen=True)
class Change:
    """A score or reason of the sheet that differs from what stands on the page.

    `conflict` tells that the page was changed too since the sheet was taken.
    """

    number: int
    line: Line
    value: Decimal | None
    rationale: str
    conflict: bool


@dataclass(frozen=True)
class Comparison:
    """Everything a person must know before a sheet is taken in.

    `same` counts rows that agree with the page, `kept` those that only the page changed since the
    sheet was taken, `absent` own rows that the sheet does not have: all of them stay as they are.
    `past` counts rows that were the person's when they took the sheet and are not any more.
    """

    wrong: Sequence[Wrong]
    changes: Sequence[Change]
    same: int
    kept: int
    absent: int
    past: int = 0
    digest: str = field(default="")

    @property
    def conflicts(self) -> Sequence[Change]:
        """Give the rows that were changed in both places."""
        return [change for change in self.changes if change.conflict]


def compare(
    lines: Sequence[Line], rows: Sequence[Brought], past: AbstractSet[str] = frozenset()
) -> Comparison:
    """Hold a sheet's rows against an evaluator's own scores as they are now.

    `past` are identifiers of rows that can have been the evaluator's before: of a bid that they
    must not deal with any more, or a question that others score now. They are left out.

    Where only the sheet was changed since it was taken, its score is a change; where only the page
    was, the page stands; where both were, differently, it is a conflict, which the person decides.
    """
    known = {line.identifier: line for line in lines}
    seen: dict[str, int] = {}
    found: list[Wrong] = []
    changes: list[Change] = []
    same = kept = left_out = 0
    for row in rows:
        if row.identifier in past:
            left_out += 1
            continue
        line = known.get(row.identifier)
        faults = [
            *_misplaced(row, line, seen),
            *(Wrong(row.number, row.number, fault, {}) for fault in row.faults),
        ]
        if line is not None:
            seen.setdefault(row.identifier, row.number)
            faults.extend(_off_scale(row, line))
        found.extend(faults)
        if faults or line is None:
            continue
        now = state_of(line.value, line.rationale)
        brought = state_of(row.value, row.rationale)
        if brought == now:
            same += 1
        elif brought == row.taken:
            kept += 1
        else:
            conflict = now != row.taken
            changes.append(Change(row.number, line, row.value, row.rationale, conflict))
    return Comparison(
        wrong=_together(found),
        changes=changes,
        same=same,
        kept=kept,
        absent=len(known.keys() - seen.keys()),
        past=left_out,
        digest=_digest(changes),
    )


def is_foreign(lines: Sequence[Line], rows: Sequence[Brought]) -> bool:
    """Tell whether no row at all is one of the lines: it is another person's sheet, or another
    challenge's."""
    return not {line.identifier for line in lines} & {row.identifier for row in rows}


def _misplaced(row: Brought, line: Line | None, seen: Mapping[str, int]) -> list[Wrong]:
    if line is None:
        return [Wrong(row.number, row.number, RowFault.UNKNOWN, {})]
    found = []
    if row.identifier in seen:
        data: dict[str, object] = {"first": seen[row.identifier]}
        found.append(Wrong(row.number, row.number, RowFault.TWICE, data))
    named = one_line(row.shown), one_line(row.question)
    if named != (one_line(line.shown), one_line(line.question)):
        data = {"shown": line.shown, "question": one_line(line.question)}
        found.append(Wrong(row.number, row.number, RowFault.MIXED, data))
    return found


def _off_scale(row: Brought, line: Line) -> list[Wrong]:
    fault = None if row.value is None else value_fault(row.value, line.max_score)
    if fault is None:
        return []
    if fault is Fault.TOO_MANY_PLACES:
        return [Wrong(row.number, row.number, RowFault.SCORE_PLACES, {})]
    top: dict[str, object] = {"top": f"{line.max_score.normalize():f}"}
    return [Wrong(row.number, row.number, RowFault.SCORE_OUTSIDE, top)]


def _together(found: Sequence[Wrong]) -> list[Wrong]:
    """Put rows that follow each other with the same fault into one, so that each is named once."""
    by_fault = sorted(found, key=lambda w: (w.fault, sorted(w.data.items(), key=str), w.first))
    joined: list[Wrong] = []
    for (_fault, _data), alike in groupby(by_fault, lambda w: (w.fault, dict(w.data))):
        for wrong in alike:
            before = joined[-1] if joined else None
            if (
                before is not None
                and (before.fault, before.data) == (wrong.fault, wrong.data)
                and wrong.first == before.last + 1
            ):
                joined[-1] = Wrong(before.first, wrong.last, wrong.fault, wrong.data)
            else:
                joined.append(wrong)
    return sorted(joined, key=lambda wrong: (wrong.first, wrong.last, wrong.fault))


def _digest(changes: Sequence[Change]) -> str:
    """Give a digest of what a person was shown, to tell whether it is still so."""
    parts = [
        f"{c.line.identifier} {state_of(c.line.value, c.line.rationale)} "
        f"{state_of(c.value, c.rationale)} {c.conflict}"
        for c in changes
    ]
    return sha256("\n".join(parts).encode()).hexdigest()

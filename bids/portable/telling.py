"""A passport's answers in words, part by part. Pure; what is translated is passed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bids.passport.kinds import Asked, Kind, Part
from marketplace.core.dates import format_date
from marketplace.core.text import N_

Translate = Callable[[str], str]

GROUNDS = (
    ("mandatory", N_("Convicted of a serious crime")),
    ("tax", N_("Tax or social security owed")),
    ("discretionary", N_("Something else to know")),
    ("put_right", N_("What was done to put it right")),
)


@dataclass(frozen=True)
class Said:
    """One thing that was answered: what was asked, and the answer in words."""

    asked: str
    answer: str


def answers(asked: Asked, values: Mapping[str, Any], translate: Translate) -> list[Said]:
    """Give what was answered to a subject, in the order of its page; rows one after another."""
    found = [
        Said(translate(part.label), value(part, values[part.name], translate))
        for part in asked.parts
        if part.name in values
    ]
    for row in values.get("rows", ()):
        told = [
            f"{translate(part.label)}: {value(part, row[part.name], translate)}"
            for part in asked.rows
            if part.name in row
        ]
        found.append(Said(translate(asked.row_title), "; ".join(told)))
    return found


def grounds(values: Mapping[str, Any], translate: Translate) -> list[Said]:
    """Give the declaration on grounds of exclusion in words."""
    yes, no = translate(N_("Yes")), translate(N_("No"))
    return [
        Said(translate(label), given if isinstance(given, str) else yes if given else no)
        for name, label in GROUNDS
        if (given := values.get(name, "")) != ""
    ]


def value(part: Part, given: Any, translate: Translate) -> str:
    """Say one value in words: money in pounds, a day with its month's name."""
    if part.kind is Kind.CHOICE:
        return translate(dict(part.choices).get(given, str(given)))
    if part.kind is Kind.MONEY:
        pounds, pence = divmod(int(given), 100)
        return f"£{pounds:,}" + (f".{pence:02d}" if pence else "")
    if part.kind is Kind.DAY:
        return format_date(date.fromisoformat(given))
    if part.kind is Kind.PERCENT:
        return f"{given} %"
    return f"{given:,}" if isinstance(given, int) else str(given)


def plain(said: Sequence[Said]) -> str:
    """Write answers as lines to paste."""
    return "\n".join(f"{each.asked}: {each.answer}" for each in said)

"""A passport's answers in words, part by part. Pure; what is translated is passed in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from bids.passport.kinds import Asked, Kind, Part, said_of
from marketplace.core.dates import format_date
from marketplace.core.money import money
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.grounds import GroundRules, ground_versions
from marketplace.core.text import N_

Translate = Callable[[str], str]


@dataclass(frozen=True)
class Said:
    """One thing that was answered: what was asked, and the answer in words."""

    asked: str
    answer: str


def answers(asked: Asked, values: Mapping[str, Any], translate: Translate) -> list[Said]:
    """Give what was answered to a subject, in the order of its page; rows one after another."""
    found = [
        Said(said_of(translate(part.label)), value(part, values[part.name], translate))
        for part in asked.parts
        if part.name in values
    ]
    for row in values.get("rows", ()):
        told = [
            f"{said_of(translate(part.label))}: {value(part, row[part.name], translate)}"
            for part in asked.rows
            if part.name in row
        ]
        found.append(Said(translate(asked.row_title), "; ".join(told)))
    return found


def grounds(values: Mapping[str, Any], translate: Translate) -> list[Said]:
    """Give the declaration on grounds of exclusion in words: each group, then what applies.

    Whatever a stranger's file holds beside that is left out.
    """
    rules = _rules(values.get("rules"))
    yes, no = translate(N_("Yes")), translate(N_("No"))
    said = [
        Said(translate(group.title), yes if given else no)
        for group in rules.groups
        if isinstance(given := values.get(group.key), bool)
    ]
    given = values.get("declared")
    for each in given if isinstance(given, list) else ():
        ground = rules.find(str(each.get("ground"))) if isinstance(each, Mapping) else None
        if ground is not None:
            said.append(
                Said(
                    translate(ground.name),
                    f"{translate(ground.plain)}{_when(each)}. {each.get('put_right', '')}",
                )
            )
    return said


def _when(declared: Mapping[str, Any]) -> str:
    """Say the day of a declared ground, nothing where none is given or it is no day."""
    try:
        return f" ({format_date(date.fromisoformat(declared['happened_on']))})"
    except (KeyError, TypeError, ValueError):
        return ""


def _rules(version: object) -> GroundRules:
    """Give the rules of a version, else the newest: a stranger's file may name any."""
    known = ground_versions(USUAL)
    return next((rules for rules in known if rules.version == version), known[-1])


def value(part: Part, given: Any, translate: Translate) -> str:
    """Say one value in words: money in pounds, a day with its month's name."""
    if part.kind is Kind.CHOICE:
        return translate(dict(part.choices).get(given, str(given)))
    if part.kind is Kind.MONEY:
        return money(int(given))
    if part.kind is Kind.DAY:
        return format_date(date.fromisoformat(given))
    if part.kind is Kind.PERCENT:
        return f"{given} %"
    return f"{given:,}" if isinstance(given, int) else str(given)


def plain(said: Sequence[Said]) -> str:
    """Write answers as lines to paste."""
    return "\n".join(
        f"{each.asked}{'' if each.asked.endswith('?') else ':'} {each.answer}" for each in said
    )

"""What a challenge says to the public, as data: a section each, and the text of all of them.

A section's content is written as JSON by its fields and read back by their types, so that a section
that gets another field needs nothing here. Of a text that was kept earlier, fields that sections
have no more are left out, and those they did not have yet are empty.
"""

import json
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar, cast

from challenges import models
from challenges.kinds import CriterionKind
from challenges.models import Challenge, Criterion
from challenges.sections import BY_SECTION, Content, Question, Section, Timeline
from challenges.service.contents import put, read
from challenges.service.criteria import put_question, read_question
from marketplace.core.audit.entries import read_instant, write_instant
from scoring.engine.canonical import canonical

FORMAT = "changeable-text/1"

# What can be changed after publication, in the order in which the public reads it. The closing time
# and joint sponsors have pages and entries of their own; the body's own record is no part of it.
CHANGEABLE: tuple[Section, ...] = (
    Section.PROBLEM,
    Section.PEOPLE,
    Section.TRIED,
    Section.OUTCOME,
    Section.BENEFITS,
    Section.CONSTRAINTS,
    Section.SUPPORT,
    Section.PLACE,
    Section.MONEY,
    Section.REQUIREMENTS,
    Section.CRITERIA,
    Section.TIMELINE,
)

Made = TypeVar("Made")


@dataclass(frozen=True)
class Item:
    """One criterion by its key: a question that people score, or price, of which only `weight`."""

    key: str
    weight: Decimal
    question: Question | None


@dataclass(frozen=True)
class Criteria:
    """All criteria of a stage, in their order."""

    items: tuple[Item, ...] = ()

    @property
    def by_key(self) -> Mapping[str, Item]:
        """Give them by their keys."""
        return {item.key: item for item in self.items}


Said = Content | Criteria


def say(challenge: Challenge, section: Section) -> Said:
    """Give what a section of a challenge says; of the timeline all but the closing time."""
    if section is not Section.CRITERIA:
        found = read(challenge, section)
        return replace(found, closes_at=None) if isinstance(found, Timeline) else found
    return Criteria(
        tuple(
            Item(
                criterion.key,
                criterion.weight,
                read_question(criterion) if criterion.kind is CriterionKind.QUALITY else None,
            )
            for criterion in sorted(challenge.stage.criteria, key=lambda each: each.ordinal)
        )
    )


def take(challenge: Challenge, said: Said) -> None:
    """Have a section of a challenge say something else."""
    if isinstance(said, Criteria):
        _take_criteria(challenge, said)
    elif isinstance(said, Timeline):
        put(challenge, replace(said, closes_at=challenge.stage.closes_at))
    else:
        put(challenge, said)


def _take_criteria(challenge: Challenge, said: Criteria) -> None:
    """Put criteria in place by their keys; price is there or not as the money section has it."""
    criteria = challenge.stage.criteria
    held = {criterion.key: criterion for criterion in criteria}
    wanted = said.by_key
    for key, criterion in held.items():
        if criterion.kind is CriterionKind.QUALITY and key not in wanted:
            criteria.remove(criterion)
    for ordinal, item in enumerate(said.items, 1):
        present = held.get(item.key)
        if present is None:
            if item.question is None:
                continue
            present = Criterion(key=item.key, kind=CriterionKind.QUALITY, ordinal=ordinal)
            criteria.append(present)
        present.ordinal = ordinal
        if item.question is None:
            present.weight = item.weight
        else:
            put_question(present, item.question)
    for ordinal, criterion in enumerate(sorted(criteria, key=lambda each: each.ordinal), 1):
        criterion.ordinal = ordinal
    criteria.sort(key=lambda each: each.ordinal)


def text_of(challenge: Challenge) -> bytes:
    """Write the canonical bytes of the `changeable-text/1` of what the public reads."""
    return canonical(
        {
            "format": FORMAT,
            "challenge": challenge.reference,
            "sections": {section.value: to_json(say(challenge, section)) for section in CHANGEABLE},
        }
    )


def read_text(text: bytes) -> dict[Section, Said]:
    """Give the sections of the bytes of a `changeable-text/1`.

    Raises:
        ValueError, TypeError, KeyError: the bytes are no such text.
    """
    found = json.loads(text)
    if found["format"] != FORMAT:
        raise ValueError(f"not a {FORMAT}")
    return {
        section: from_json(section, found["sections"][section.value])
        for section in CHANGEABLE
        if section.value in found["sections"]
    }


def to_json(said: object) -> Any:
    """Write what a section says as JSON; decimals and instants as text."""
    match said:
        case None | bool() | int():
            return said
        case Decimal():
            return f"{said.normalize():f}"
        case datetime():
            return write_instant(said)
        case date():
            return said.isoformat()
        case str():
            return str(said)
        case tuple() | list():
            return [to_json(each) for each in said]
        case _ if is_dataclass(said):
            return {field.name: to_json(getattr(said, field.name)) for field in fields(said)}
        case _:
            raise TypeError(f"nothing of a section: {said!r}")


def from_json(section: Section, found: Any) -> Said:
    """Read what `to_json` wrote of a section.

    Raises:
        ValueError, TypeError, KeyError: it is something else.
    """
    kind: type[Said] = Criteria if section is Section.CRITERIA else BY_SECTION[section]
    return cast("Said", _made(kind, found))


def _made(wanted: Any, found: Any) -> Any:
    """Make a value of a type out of JSON."""
    origin, inner = typing.get_origin(wanted), typing.get_args(wanted)
    if origin in (typing.Union, types.UnionType):
        if found is None and type(None) in inner:
            return None
        return _made(next(each for each in inner if each is not type(None)), found)
    if origin is tuple:
        kinds = [inner[0]] * len(found) if inner[1:] == (...,) else inner
        return tuple(_made(kind, each) for kind, each in zip(kinds, found, strict=True))
    if is_dataclass(wanted):
        return _made_whole(cast("type[Any]", wanted), found)
    if wanted is datetime:
        return read_instant(found)
    if wanted is date:
        return date.fromisoformat(found)
    if wanted is Decimal or issubclass(wanted, StrEnum):
        return wanted(found)
    if type(found) is not wanted:
        raise TypeError(f"{wanted.__name__} was expected")
    return found


def _made_whole(wanted: type[Made], found: Mapping[str, Any]) -> Made:
    hints = typing.get_type_hints(wanted, localns=vars(models))
    values = {}
    for field in fields(wanted):  # type: ignore[arg-type]  # the caller has asked
        if field.name in found:
            values[field.name] = _made(hints[field.name], found[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KeyError(field.name)
    return wanted(**values)

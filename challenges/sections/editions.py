"""How a section's content is tidied before it is kept, and by what two editors compare. Pure."""

from collections.abc import Mapping
from dataclasses import fields, replace
from decimal import Decimal
from enum import StrEnum
from hashlib import sha256
from typing import TypeVar

from challenges.sections.base import Part, Section
from challenges.sections.criteria import Question
from challenges.sections.documents import Terms
from challenges.sections.ground import Constraints, Support, Tried
from challenges.sections.money import Money
from challenges.sections.outcome import Benefits, Outcome
from challenges.sections.people import People
from challenges.sections.place import Place
from challenges.sections.problem import Problem
from challenges.sections.record import Record
from challenges.sections.requirements import Requirements
from challenges.sections.sponsors import Sponsors
from challenges.sections.stages import Later, Step
from challenges.sections.team import Team
from challenges.sections.timeline import Timeline
from marketplace.core.text import on_one_line, pasted
from scoring.engine.canonical import canonical

Content = (
    Problem
    | People
    | Tried
    | Outcome
    | Benefits
    | Constraints
    | Support
    | Place
    | Money
    | Requirements
    | Timeline
    | Terms
    | Sponsors
    | Team
    | Record
)
C = TypeVar(
    "C",
    Problem,
    People,
    Tried,
    Outcome,
    Benefits,
    Constraints,
    Support,
    Place,
    Money,
    Requirements,
    Timeline,
    Terms,
    Sponsors,
    Team,
    Record,
    Content,
    Question,
    Step,
    Later,
)

BY_SECTION: Mapping[Section, type[Content]] = {
    kind.section: kind
    for kind in (
        Problem,
        People,
        Tried,
        Outcome,
        Benefits,
        Constraints,
        Support,
        Place,
        Money,
        Requirements,
        Timeline,
        Terms,
        Sponsors,
        Team,
        Record,
    )
}


def tidied(content: C) -> C:
    """Give the content as it is kept: texts free of what was pasted along, order settled."""
    texts = {
        field.name: on_one_line(value) if field.name in content.lines else pasted(value)
        for field in fields(content)
        if isinstance(value := getattr(content, field.name), str) and not isinstance(value, StrEnum)
    }
    return replace(content, **texts).kept()  # type: ignore[arg-type]  # the same fields, as text


def is_empty(content: Content) -> bool:
    """Tell whether nothing was written in a section yet."""
    return not any(getattr(content, field.name) for field in fields(content))


def edition(content: Part | Mapping[str, Decimal]) -> str:
    """Give a short name that changes whenever the content does: what two editors compare."""
    values = (
        {name: str(value) for name, value in content.items()}
        if isinstance(content, Mapping)
        else as_texts(content)
    )
    return sha256(canonical(values)).hexdigest()[:20]


def as_texts(content: Part) -> dict[str, object]:
    """Give a section's fields as JSON has them: every value as text, a list of them, or null."""
    return {
        field.name: _as_json(getattr(content, field.name))
        for field in fields(content)  # type: ignore[arg-type]  # every part is a dataclass
    }


def _as_json(value: object) -> object:
    if isinstance(value, tuple):
        return [_as_json(item) for item in value]
    return None if value is None else str(value)

"""A challenge as it will read after a change: a copy beside the database, never stored.

All that publication asks of a draft, its readiness, plan and difference, can so be asked of a
change while the challenge itself stays as it is published.
"""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import inspect

from challenges.changing.contents import CHANGEABLE, from_json, say, take, to_json
from challenges.method.document import lost_steps, steps_of
from challenges.models import Challenge
from challenges.sections import Section
from marketplace.core.database import Base

Sections = Mapping[str, Any]
Row = TypeVar("Row", bound=Base)


def as_changed(challenge: Challenge, sections: Sections) -> Challenge:
    """Give a copy of a challenge in which the sections that a change holds say what they will."""
    copy = _copied(challenge)
    copy.buyer, copy.owner = challenge.buyer, challenge.owner
    apply(copy, sections)
    return copy


def apply(challenge: Challenge, sections: Sections) -> None:
    """Have a challenge say what a change holds.

    Money comes before criteria, for it settles whether price counts. A tie-break by what the change
    takes out goes with it; there is no page on which a change could choose another.
    """
    for section in sorted(map(Section, sections), key=CHANGEABLE.index):
        take(challenge, from_json(section, sections[section.value]))
    stage = challenge.stage
    if lost := lost_steps(stage):
        stage.tie_break = " ".join(step for step in steps_of(stage) if step not in lost)


def sections_of(challenge: Challenge, copy: Challenge) -> dict[str, Any]:
    """Give the sections in which a copy says something else than its challenge, as kept."""
    return {
        section.value: to_json(said)
        for section in CHANGEABLE
        if (said := say(copy, section)) != say(challenge, section)
    }


def _copied(row: Row) -> Row:
    """Copy a row with all that belongs to it alone; the copy is in no session."""
    mapper = inspect(type(row))
    copy = type(row)(
        **{
            name: getattr(row, name)
            for name in mapper.column_attrs.keys()  # noqa: SIM118  (no plain mapping)
        }
    )
    for name, relation in mapper.relationships.items():
        if not relation.cascade.delete_orphan:
            continue
        held = getattr(row, name)
        if relation.uselist:
            setattr(copy, name, [_copied(each) for each in held])
        elif held is not None:
            setattr(copy, name, _copied(held))
    return copy

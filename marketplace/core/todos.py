"""What waits for a person to do: each room tells its own here, a dashboard asks them all.

A room registers a function when it is imported, so that a dashboard imports no room to know what
is to be done there. A function is asked about all organisations that a person acts for at once:
how often it asks the database does not hang on how many they are.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

from sqlalchemy.orm import Session

from marketplace.core.permissions import Actor

_NEVER = datetime.max.replace(tzinfo=UTC)


class Kind(IntEnum):
    """What sort of thing waits; of two that are due together the lower comes first."""

    QUERY = 1
    CONFIRMATION = 2
    INVITATION = 3
    DRAFT = 4
    DECLARATION = 5
    ANSWER = 6
    OUTCOME = 7
    PASSPORT = 8
    INTERVIEW = 9
    EVIDENCE = 10
    DELIVERY = 11
    RECORDS = 12


@dataclass(frozen=True)
class Todo:
    """One thing to do, in words for the person.

    `organisation_id` is for whom it is done. `about` says with what, as a challenge's title;
    `deadline` says in words until when, and `due` is that instant, None where there is none.
    `endpoint` and `params` are the one page where it is done. `note` says who can do it where the
    person cannot. `later` marks what is told so that nobody is surprised, and does not press yet.
    """

    organisation_id: uuid.UUID
    kind: Kind
    title: str
    endpoint: str
    params: Mapping[str, object] = field(default_factory=dict)
    about: str = ""
    due: datetime | None = None
    deadline: str = ""
    note: str = ""
    later: bool = False


# Gives what waits at `now` for a person, who is given once for each organisation they act for.
Source = Callable[[Session, Sequence[Actor], datetime], Iterable[Todo]]

_sources: dict[str, Source] = {}


def register(room: str, source: Source) -> None:
    """Have a room be asked from now on, once, however often it registers."""
    _sources[room] = source


def waiting(session: Session, actors: Sequence[Actor], now: datetime) -> list[Todo]:
    """Give all that waits for a person at all organisations they act for, most urgent first."""
    return by_urgency(each for source in _sources.values() for each in source(session, actors, now))


def by_urgency(todos: Iterable[Todo]) -> list[Todo]:
    """Order what is to be done: what is due first, then what has no end, each by its kind."""
    return sorted(todos, key=lambda todo: (todo.due or _NEVER, todo.kind, todo.about, todo.title))

"""What came of a challenge after its award: rooms above this one say it here when imported.

It is told on the challenge's public page, as plain facts and words that everybody may read.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from challenges.models import Challenge


class Sort(StrEnum):
    """What sort of thing is told."""

    CONTRACT = "contract"
    MILESTONE = "milestone"
    GATE = "gate"
    COURT = "court"
    END = "end"
    DEMO_DAY = "demo_day"
    FINISH = "finish"
    BENEFITS = "benefits"


@dataclass(frozen=True)
class Told:
    """One thing that happened: its heading is translated, `text` are a body's own words.

    `rows` are measures with what they were before and are now; `lessons` what was learned.
    `link` leads to a page about it.
    """

    at: datetime
    sort: Sort
    heading: str
    text: str = ""
    lessons: str = ""
    rows: Sequence[tuple[str, str, str]] = field(default=())
    link: str = ""


Source = Callable[[Session, Challenge], Sequence[Told]]

_registered: list[Source] = []


def register(source: Source) -> None:
    """Say who tells it from now on."""
    _registered[:] = [source]


def afterwards(session: Session, challenge: Challenge) -> Sequence[Told]:
    """Give what came of a challenge, the first first; nothing where nobody has registered."""
    found = _registered[0](session, challenge) if _registered else ()
    return sorted(found, key=lambda told: (told.at, list(Sort).index(told.sort)))

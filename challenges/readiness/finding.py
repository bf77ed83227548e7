"""One thing that a draft lacks, or where it is weak. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from challenges.sections import Section


@dataclass(frozen=True)
class Finding:
    """One thing about a draft: `needed` before review, or advice.

    `data` fills the places of `message`, which is not translated yet. `stage` names the stage that
    it is about, where that is not the first one.
    """

    section: Section
    message: str
    needed: bool = True
    data: Mapping[str, object] = field(default_factory=dict)
    stage: str = ""


def advice(section: Section, message: str, **data: object) -> Finding:
    """Give a finding that stops nobody."""
    return Finding(section, message, needed=False, data=data)

"""The problem. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import SUMMARY_MOST, TITLE_MOST, Part, Section, too_long
from marketplace.core.text import N_


@dataclass(frozen=True)
class Problem(Part):
    """The problem, in the words of those who have it; light Markdown but for title and summary."""

    section: ClassVar[Section] = Section.PROBLEM
    limits: ClassVar[Mapping[str, int]] = {"title": TITLE_MOST, "summary": SUMMARY_MOST}
    lines: ClassVar[frozenset[str]] = frozenset({"title", "summary"})

    title: str
    summary: str = ""
    problem: str = ""
    today: str = ""
    why_now: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        if not self.title:
            found["title"] = N_("Enter a title. You can change it later.")
        return found

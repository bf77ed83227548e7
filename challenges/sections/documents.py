"""Which terms would hold, beside the files that are attached. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import Part, Section, too_long
from marketplace.core.text import N_, is_web_address

LINK_MOST = 500


@dataclass(frozen=True)
class Terms(Part):
    """The terms of the contract in words or as an address; light Markdown."""

    section: ClassVar[Section] = Section.DOCUMENTS
    limits: ClassVar[Mapping[str, int]] = {"terms_link": LINK_MOST}
    lines: ClassVar[frozenset[str]] = frozenset({"terms_link"})

    terms: str = ""
    terms_link: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        if self.terms_link and not is_web_address(self.terms_link):
            found.setdefault(
                "terms_link", N_("Enter a web address that begins with https:// or http://.")
            )
        return found

"""Who does what for a challenge, and whom the public may ask. Pure."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple, Self

from challenges.drafting.kinds import Duty
from challenges.sections.base import TITLE_MOST, Part, Section, too_long
from marketplace.core.text import N_, on_one_line

EMAIL_MOST = 254
PANEL_MOST = 30


class Member(NamedTuple):
    """Who has a duty: somebody with an account, by name and job, or both."""

    duty: Duty
    user_id: uuid.UUID | None = None
    name: str = ""


@dataclass(frozen=True)
class Team(Part):
    """The people besides the lead, how many are to score, and the contact."""

    section: ClassVar[Section] = Section.TEAM
    limits: ClassVar[Mapping[str, int]] = {"contact_name": TITLE_MOST, "contact_email": EMAIL_MOST}
    lines: ClassVar[frozenset[str]] = frozenset({"contact_name", "contact_email"})

    members: tuple[Member, ...] = ()
    panel_planned: int | None = None
    contact_name: str = ""
    contact_email: str = ""
    contact_shown: bool = False

    def kept(self) -> Self:
        """Leave out duties that nobody has, in the order of duties."""
        named = [member._replace(name=on_one_line(member.name)) for member in self.members]
        order = list(Duty)
        return replace(
            self,
            members=tuple(
                sorted(
                    (member for member in named if member.name or member.user_id),
                    key=lambda member: order.index(member.duty),
                )
            ),
        )

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, self.limits)
        for member in self.members:
            if len(member.name) > TITLE_MOST:
                found[f"{member.duty}_name"] = N_("Shorten this to 200 characters or fewer.")
        if self.panel_planned is not None and not 1 <= self.panel_planned <= PANEL_MOST:
            found["panel_planned"] = N_("Enter a number from 1 to 30.")
        if self.contact_email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", self.contact_email):
            found.setdefault(
                "contact_email", N_("Enter an e-mail address, such as name@example.org.")
            )
        if self.contact_shown and not (self.contact_name or self.contact_email):
            found.setdefault("contact_name", N_("Enter who can be asked, or do not show it."))
        return found

"""What bidders must show of themselves. Pure."""

from dataclasses import dataclass
from typing import ClassVar

from challenges.sections.base import MONEY_MOST, Part, Section, too_long
from marketplace.core.text import N_


@dataclass(frozen=True)
class Requirements(Part):
    """A yearly turnover and insurance that bidders must have, in minor units, and why.

    Nothing asked is the best default: each requirement keeps small suppliers away.
    """

    section: ClassVar[Section] = Section.REQUIREMENTS

    required_turnover_minor: int | None = None
    required_insurance_minor: int | None = None
    requirements: str = ""

    def faults(self) -> dict[str, str]:
        """Name what cannot be kept, by field."""
        found = too_long(self, {})
        for name in ("required_turnover_minor", "required_insurance_minor"):
            amount = getattr(self, name)
            if amount is not None and amount <= 0:
                found[name] = N_("Enter an amount above zero, or leave this empty.")
            elif (amount or 0) > MONEY_MOST:
                found[name] = N_("Enter a smaller amount.")
        return found

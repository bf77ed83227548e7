"""How far a body is with joining in, and whether the shares of the cost add up. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from marketplace.core.text import N_

WHOLE = Decimal(100)
MESSAGE_MOST = 2_000
# How often one person invites bodies or asks to join within a day: officers are not flooded.
DAILY_MOST = 20
SHARE_MOST = Decimal(10**12)


class Joining(StrEnum):
    """INVITED waits for that body's answer, ASKED for the lead body's."""

    INVITED = "invited"
    ASKED = "asked"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


JOINING_WORDS: Mapping[Joining, str] = {
    Joining.INVITED: N_("Invited"),
    Joining.ASKED: N_("Asks to join"),
    Joining.JOINED: N_("Joined"),
    Joining.DECLINED: N_("Declined"),
    Joining.LEFT: N_("Left"),
}
STANDING = frozenset({Joining.INVITED, Joining.ASKED, Joining.JOINED})


class Measure(StrEnum):
    """How shares are said."""

    PERCENT = "percent"
    POUNDS = "pounds"


@dataclass(frozen=True)
class Shares:
    """What each body pays, by its organisation: per cent, or pounds without VAT; at most two
    places after the point."""

    measure: Measure
    of: Mapping[UUID, Decimal]

    def fault(self, value_minor: int | None) -> str | None:
        """Say why they do not add up, or nothing. Pounds are held against the total value."""
        if any(share < 0 or share > SHARE_MOST for share in self.of.values()):
            return N_("Enter zero or more for each body.")
        total = sum(self.of.values(), Decimal(0))
        if self.measure is Measure.PERCENT:
            return None if total == WHOLE else N_("The shares must add up to 100.")
        if value_minor is None:
            return N_("Set the total value first, in the section on money, or use per cent.")
        wanted = Decimal(value_minor) / 100
        return None if total == wanted else N_("The sums must add up to the total value.")

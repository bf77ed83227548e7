"""Has one administrator of the demonstration propose other thresholds, which wait for another."""

from datetime import date, datetime

from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from marketplace.core.regimes import book
from marketplace.core.regimes.changing.service import propose
from marketplace.core.regimes.working_days import LONDON
from marketplace.demonstration.cast import Cast

# Made up, and near enough to what they were.
_CHANGED = {"central": 137_000, "local": 211_000, "health": 211_000, "other": 211_000}


def propose_rules(players: Cast, platform: str, now: datetime) -> None:
    """Have the second administrator propose thresholds from a January to come."""
    newest = book.versions(book.USUAL)[-1]
    band = newest.bands[-1].key
    today = now.astimezone(LONDON).date()
    propose(
        book.USUAL,
        {f"bands.{band}.from_pounds.{body}": amount for body, amount in _CHANGED.items()},
        based_on=newest.version,
        valid_from=date(max(today, newest.valid_from).year + 2, 1, 1),
        source="Example figures for this demonstration: no law has them",
        notes="All of it: these figures are made up.",
        reason="The thresholds are set anew every two years. These wait for another administrator.",
        actor=players.all(platform, Role.PLATFORM_ADMIN)[1],
        clock=FixedClock(now),
    )

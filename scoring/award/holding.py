"""What still keeps a contract from being signed, in words. Pure."""

from dataclasses import dataclass
from datetime import datetime

from marketplace.core.text import N_


@dataclass(frozen=True)
class Hold:
    """One thing that must happen before a contract can be signed.

    `kind` groups them for whoever reads many; `message` is what a refused person is told, without
    anything to fill in; `until` is when it ends by itself, where it does. `endpoint` is the page
    about it, for the stage of the award. `bid` is the reference of the one bid that it is about,
    empty where it keeps every contract of the award back.
    """

    kind: str
    message: str
    until: datetime | None = None
    endpoint: str = ""
    bid: str = ""

    def keeps(self, reference: str) -> bool:
        """Tell whether it keeps the contract with this bid's supplier back."""
        return not self.bid or self.bid == reference


STANDSTILL_RUNS = N_("The standstill has not ended, so the contract must not be signed yet.")
NOT_VERIFIED = N_(
    "The supplier has not been verified. An administrator of the service must do that first."
)


def standstill_hold(ends_at: datetime | None, now: datetime) -> Hold | None:
    """Give the standstill that keeps a contract back at `now`; signing at its end is in order."""
    if ends_at is None or now >= ends_at:
        return None
    return Hold("standstill", STANDSTILL_RUNS, until=ends_at)


def unverified_hold(bid: str, *, verified: bool) -> Hold | None:
    """Give what keeps a contract back with the supplier of one bid, whom nobody has verified."""
    return None if verified else Hold("verification", NOT_VERIFIED, bid=bid)

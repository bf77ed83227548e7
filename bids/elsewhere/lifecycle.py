"""How far the bringing of bids has come. Pure."""

from enum import StrEnum


class BringingState(StrEnum):
    """Whether bids that were put down here wait, were brought in, or were thrown away."""

    WAITING = "waiting"
    BROUGHT = "brought"
    DISCARDED = "discarded"

"""Where on a challenge somebody works: at which of its stages. Pure."""

from dataclasses import dataclass

FIRST = 1


@dataclass(frozen=True)
class Place:
    """A challenge's reference, and the number of one of its stages, from 1."""

    reference: str
    stage: int = FIRST


# A reference alone is the first stage: the one that bids are written for.
Where = Place | str


def place_of(at: Where) -> Place:
    """Give where it is, also for a reference alone."""
    return Place(at) if isinstance(at, str) else at

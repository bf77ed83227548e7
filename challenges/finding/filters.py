"""What a visitor looks for in the list, as plain values. Pure."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Self

from challenges.finding.wanted import Wanted


class StateFilter(StrEnum):
    """Groups of states that a visitor asks for."""

    ANY = "any"
    OPEN = "open"
    CLOSED = "closed"
    AWARDED = "awarded"
    WORK = "work"
    ENDED = "ended"


class Order(StrEnum):
    """How a list is ordered.

    CLOSING shows only what is still open: the rest has closed. MATCH puts first what answers the
    words best; without words there is nothing to match, and it is NEWEST.
    """

    NEWEST = "newest"
    CLOSING = "closing"
    VALUE = "value"
    MATCH = "match"


@dataclass(frozen=True)
class Filters:
    """What a visitor looks for; money in minor units, both ends included.

    `closes_before` is excluded. `closes_after` is excluded too: who asks for what closes within a
    week does not mean what has closed.
    """

    text: str = ""
    state: StateFilter = StateFilter.ANY
    region: str | None = None
    sector: str | None = None
    body: uuid.UUID | None = None
    round: str | None = None
    least_minor: int | None = None
    most_minor: int | None = None
    closes_after: datetime | None = None
    closes_before: datetime | None = None
    published_after: datetime | None = None
    order: Order = Order.NEWEST

    @cached_property
    def wanted(self) -> Wanted:
        """Give the words to look for."""
        return Wanted.read(self.text)

    @property
    def narrowed(self) -> bool:
        """Whether anything but the order was asked for."""
        return self != Filters(order=self.order)

    @property
    def by_match(self) -> bool:
        """Whether the best match comes first."""
        return self.order is Order.MATCH and bool(self.wanted)

    def since(self, instant: datetime) -> Self:
        """Give the same of what was published after `instant`."""
        return replace(self, published_after=instant)

    def ordered(self, order: Order) -> Self:
        """Give the same in another order."""
        return replace(self, order=order)

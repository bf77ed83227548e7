"""In which order each evaluator reads the bids. Pure.

The rule, which is part of the record: an evaluator reads the bids in ascending order of
SHA-256(member id ‖ bid id), the 16 bytes of each identifier one after the other. The order
differs by evaluator, cannot be chosen by anybody, and can be computed again from the record, so
that being read first or last favours no bidder across the panel.
"""

import hashlib
import uuid
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def reading_key(member_id: uuid.UUID, bid_id: uuid.UUID) -> bytes:
    """Give what decides the place of a bid in a member's reading: 32 bytes, lowest first."""
    return hashlib.sha256(member_id.bytes + bid_id.bytes).digest()


def in_reading_order(
    member_id: uuid.UUID, things: Iterable[Thing], bid_id: Callable[[Thing], uuid.UUID]
) -> list[Thing]:
    """Sort things that belong to bids as this member reads them."""
    return sorted(things, key=lambda thing: reading_key(member_id, bid_id(thing)))

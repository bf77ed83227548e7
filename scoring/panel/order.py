"""In which order each evaluator reads the bids. Pure.

The rule, which is part of the record: an evaluator reads the bids in ascending order of
SHA-256(seed ‖ label ‖ line feed ‖ reference), where `seed` are the 32 random bytes that were drawn
for the panel when scoring began, `label` is what the panel calls the evaluator, such as E1, and
`reference` is the bid's, both in UTF-8. The order differs by evaluator, cannot be chosen by
anybody, and can be computed again from the log, so that being read first or last favours no bidder
across the panel.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def reading_key(seed: bytes, label: str, reference: str) -> bytes:
    """Give what decides the place of a bid in a member's reading: 32 bytes, lowest first."""
    return hashlib.sha256(seed + f"{label}\n{reference}".encode()).digest()


def in_reading_order(
    seed: bytes, label: str, things: Iterable[Thing], reference: Callable[[Thing], str]
) -> list[Thing]:
    """Sort things that belong to bids as this member reads them."""
    return sorted(things, key=lambda thing: reading_key(seed, label, reference(thing)))

"""What happens between bids with the same ranking value: tie-breaks, the draw, and the cut-off."""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from typing import Any, NamedTuple, Protocol, TypeVar

from scoring.engine.document import BY_CRITERION, BY_DRAW, BY_PRICE, BY_QUALITY

T = TypeVar("T")


class TieBreakFacts(Protocol):
    """What a tie-break may ask of a bid."""

    @property
    def bid_id(self) -> str:
        """The id of the bid."""

    @property
    def price(self) -> Fraction | None:
        """The price; there is one wherever a tie is broken by it."""

    @property
    def quality_points(self) -> Fraction:
        """The sum of quality and carried points."""

    def points(self, criterion_id: str) -> Fraction:
        """The points on one criterion."""


Tied = TypeVar("Tied", bound=TieBreakFacts)


def grouped(
    items: Iterable[T], value: Callable[[T], Any], *, highest_first: bool = False
) -> list[list[T]]:
    """Order items by a value, and put those with exactly the same value in one group."""
    ordered = sorted(items, key=value, reverse=highest_first)
    return [list(group) for _, group in groupby(ordered, value)]


def split_tie(tied: Sequence[Tied], steps: Sequence[str], seed: bytes | None) -> list[list[Tied]]:
    """Apply the published tie-breaks, in order, each only to bids that are still tied."""
    groups = [list(tied)]
    for step in steps:
        groups = [
            part
            for group in groups
            for part in (_split_by(step, group, seed) if len(group) > 1 else [group])
        ]
    return groups


def _split_by(step: str, tied: list[Tied], seed: bytes | None) -> list[list[Tied]]:
    if step == BY_QUALITY:
        return grouped(tied, lambda bid: bid.quality_points, highest_first=True)
    if step == BY_PRICE:
        return grouped(tied, lambda bid: bid.price)
    if step == BY_DRAW:
        return grouped(tied, lambda bid: draw_number(seed or b"", bid.bid_id))
    criterion_id = step.removeprefix(BY_CRITERION)
    return grouped(tied, lambda bid: bid.points(criterion_id), highest_first=True)


def draw_number(seed: bytes, bid_id: str) -> bytes:
    """Give the number with which a bid stands in the draw; the lowest comes first.

    SHA-256 of the seed and the id. The seed was fixed in the log before any score existed, so
    nobody could choose it to favour a bid they knew the score of. Who controls the log could
    have tried many roots before that; `docs/scoring.md` says so.
    """
    return sha256(seed + bid_id.encode()).digest()


class CutOff(NamedTuple):
    """Who moves on: `advancing` for sure, `tied` still to be decided, for so many `places`."""

    advancing: frozenset[str]
    tied: tuple[str, ...]
    places: int


def cut_off(groups: Sequence[Sequence[str]], advance: int) -> CutOff:
    """Find the bids that are among the first `advance`, and those tied across that line."""
    advancing: set[str] = set()
    for group in groups:
        places = advance - len(advancing)
        if len(group) > places:
            tied = tuple(sorted(group)) if places else ()
            return CutOff(frozenset(advancing), tied, places)
        advancing.update(group)
    return CutOff(frozenset(advancing), (), 0)

"""Lays the steps of a challenge out along a line, for a drawing made on the server. Pure."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

WIDTH = 960
MARGIN = 66
# As wide as “29 Nov 2026” and the longest line of words, which must not run into the next ones.
_NEAREST = 120
_LINE_MOST = 12


@dataclass(frozen=True)
class Dot:
    """Where a step is drawn: across, and its words in short lines."""

    x: int
    lines: tuple[str, ...]


def lay_out(instants: Sequence[datetime], words: Sequence[str]) -> list[Dot]:
    """Give a dot for each step in the order of time.

    A longer wait is a longer way, by its square root: a year beside a day must leave room for the
    day's words. Two dots are never nearer than their words are wide: many steps make a drawing
    wider than `WIDTH`, which is then shown smaller, and the list beneath it says the same.
    """
    gaps = [
        sqrt(max((later - earlier).total_seconds(), 0))
        for earlier, later in itertools.pairwise(instants)
    ]
    rest, whole = max(WIDTH - 2 * MARGIN - _NEAREST * len(gaps), 0), sum(gaps) or 1
    x, found = float(MARGIN), []
    for at, said in enumerate(words):
        if at:
            x += _NEAREST + rest * gaps[at - 1] / whole
        found.append(Dot(round(x), _lines(said)))
    return found


def width_of(dots: Sequence[Dot]) -> int:
    """Say how wide the drawing of some dots is."""
    return max([WIDTH, *(dot.x + MARGIN for dot in dots)])


def _lines(words: str) -> tuple[str, ...]:
    lines = [""]
    for word in words.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > _LINE_MOST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return tuple(lines)

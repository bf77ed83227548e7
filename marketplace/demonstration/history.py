"""Runs many histories at once, in the one order of time in which all of them happened.

The log gives every entry an instant that is never before the entry that precedes. Had one
challenge after another been told from beginning to end, everything in the second would bear the
instants of the end of the first, and its bids would have come too late.
"""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

from marketplace.core.clock import FixedClock

# A history is a generator: it yields the instant of its next step, and does that step when it is
# resumed, which is when the clock stands at that instant.
History = Iterator[datetime]


class OutOfTimeError(RuntimeError):
    """A history wants to do something before its last step, or in the future."""


def run(histories: Iterable[History], clock: FixedClock, *, until: datetime) -> None:
    """Run all histories to their ends, moving `clock` from step to step.

    Steps at the same instant happen in the order of the histories.

    Raises:
        OutOfTimeError: a step lies before the one that precedes it, or after `until`.
    """
    waiting: list[tuple[datetime, int, History]] = []
    for number, history in enumerate(histories):
        _wait(waiting, number, history, earliest=clock.instant, until=until)
    while waiting:
        clock.instant, number, history = heapq.heappop(waiting)
        _wait(waiting, number, history, earliest=clock.instant, until=until)


def _wait(
    waiting: list[tuple[datetime, int, History]],
    number: int,
    history: History,
    *,
    earliest: datetime,
    until: datetime,
) -> None:
    """Let a history do the step it has waited for, and have it wait for the next."""
    following = next(history, None)
    if following is None:
        return
    if not earliest <= following <= until:
        raise OutOfTimeError(f"{following} is not between {earliest} and {until}")
    heapq.heappush(waiting, (following, number, history))

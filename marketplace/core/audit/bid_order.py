"""Checks when bids came in by a challenge's chain, and says which counted at its closing. Pure.

The rules are those of `docs/verification.md`, section 11.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.core.audit.findings import Finding, Status, asserted, failed
from marketplace.core.audit.receipt_check import GRACE
from marketplace.core.audit.told import Told
from marketplace.core.text import N_

PUBLISHED = "challenge.published"
EXTENDED = "deadline.extended"
REOPENED = "challenge.reopened"
CLOSED = "challenge.closed"
SUBMITTED = "bid.submitted"
WITHDRAWN = "bid.withdrawn"
READ = "bid.read"
OPENED = "bids.opened"


@dataclass
class _Standing:
    """Where a challenge stands after some of its entries."""

    closes_at: datetime | None = None
    closed: Told | None = None
    opened: Told | None = None
    bids: list[Told] = field(default_factory=list)


def check(chain: Sequence[Told], sure: Status) -> Iterator[Finding]:
    """Say whether bids came in before the closing and in time, and were read after the opening.

    Nothing is said of a chain that records no bid.

    Raises:
        Unshown, Unfit: a value that this rests on is withheld, or is none.
    """
    standing, sound = _Standing(), True
    for each in chain:
        for fault in _step(standing, each):
            sound = False
            yield fault
    if standing.bids and sound:
        yield Finding(
            sure,
            N_("No bid was submitted or withdrawn after a closing was recorded"),
            "entries",
        )
        yield asserted(N_("Every bid came in time, by the log's own clock"), "entries")


def counted(chain: Sequence[Told], closed: Told) -> dict[str, tuple[int, bytes]]:
    """Give version and envelope of each bid that counted at a closing, by reference.

    Raises:
        Unshown, Unfit: a value that this rests on is withheld, or is none.
    """
    found = {}
    for each in chain:
        if each.n > closed.n:
            break
        if each.action == SUBMITTED:
            found[each.text("bid")] = (each.number("version"), each.digest("envelope"))
        elif each.action == WITHDRAWN:
            found.pop(each.text("bid"), None)
    return found


def _step(standing: _Standing, each: Told) -> Iterator[Finding]:
    """Take the next entry, and say what of it cannot be."""
    if each.action == PUBLISHED:
        standing.closes_at = each.instant("closes_at")
    elif each.action in (EXTENDED, REOPENED):
        yield from _moved(standing, each)
    elif each.action == CLOSED:
        yield from _closed(standing, each)
    elif each.action in (SUBMITTED, WITHDRAWN):
        standing.bids.append(each)
        if standing.closed is not None:
            yield failed(
                N_("A bid was submitted or withdrawn after the closing in entry %(n)s"),
                each.where,
                n=standing.closed.n,
            )
        yield from _in_time(standing, each)
    elif each.action == READ and standing.opened is None:
        yield failed(N_("A bid was read before the bids were opened"), each.where)
    elif each.action == OPENED:
        standing.opened = each


def _moved(standing: _Standing, each: Told) -> Iterator[Finding]:
    if standing.opened is not None:
        yield failed(N_("The closing was moved after the bids were opened"), each.where)
    if each.action == EXTENDED and standing.closed is not None:
        yield failed(N_("A deadline was extended that had passed"), each.where)
    if each.instant("former") != standing.closes_at:
        yield failed(N_("It moves another closing instant than the one that held"), each.where)
    standing.closes_at, standing.closed = each.instant("closes_at"), None


def _closed(standing: _Standing, each: Told) -> Iterator[Finding]:
    closes_at = each.instant("closes_at")
    if standing.closes_at is not None and closes_at != standing.closes_at:
        yield failed(N_("It closes at another instant than the one that held"), each.where)
    if each.entry.at - closes_at < GRACE:
        yield failed(N_("The closing was recorded before the minute after it was over"), each.where)
    standing.closed = each


def _in_time(standing: _Standing, each: Told) -> Iterator[Finding]:
    arrived, closes_at = each.instant("arrived"), each.instant("closes_at")
    if standing.closes_at is not None and closes_at != standing.closes_at:
        yield failed(N_("It states another closing instant than the one that held"), each.where)
    if arrived >= closes_at or each.entry.at - closes_at >= GRACE:
        yield failed(N_("It was not in time by its own instants"), each.where)

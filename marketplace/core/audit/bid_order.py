"""Checks when bids came in by a challenge's chain, and says which counted at its closing. Pure.

The rules are those of `docs/verification.md`, section 11.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.core.audit.findings import Finding, Status, asserted, failed
from marketplace.core.audit.receipt_check import GRACE
from marketplace.core.audit.stages import STAGE_OPENED, is_heard
from marketplace.core.audit.told import Told, Unfit
from marketplace.core.text import N_

PUBLISHED = "challenge.published"
EXTENDED = "deadline.extended"
REOPENED = "challenge.reopened"
CLOSED = "challenge.closed"
CHANGED = "challenge.changed"
SUBMITTED = "bid.submitted"
WITHDRAWN = "bid.withdrawn"
READ = "bid.read"
OPENED = "bids.opened"
BROUGHT = "bids.brought"
# The field of the publication that says where bids go, where that is not here.
PLACE = "elsewhere"
LAPSED = "bids.lapsed"


@dataclass
class _Standing:
    """Where a stage stands after some of its entries; `heard` where it takes no bids in writing."""

    heard: bool = False
    # Whether bids go elsewhere, so that the closing is as told from there.
    elsewhere: bool = False
    closes_at: datetime | None = None
    closed: Told | None = None
    opened: Told | None = None
    bids: list[Told] = field(default_factory=list)
    # The entry that named the plan which holds, and the changes so far.
    plan: Told | None = None
    changes: list[Told] = field(default_factory=list)
    # Bids that were submitted, and are not confirmed since a change that asked for it.
    counting: dict[str, Told] = field(default_factory=dict)
    unconfirmed: dict[str, Told] = field(default_factory=dict)


def check(chain: Sequence[Told], sure: Status) -> Iterator[Finding]:
    """Say whether bids came in before the closing and in time, and were read after the opening.

    `chain` are the entries of one stage. Nothing is said of one that records no bid.

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
    if sound:
        yield from _lapsed(standing, sure)


def _lapsed(standing: _Standing, sure: Status) -> Iterator[Finding]:
    """Say of each bid that a change asked to confirm, and that nobody confirmed, why it is out."""
    if standing.closed is None:
        return
    for bid, change in sorted(standing.unconfirmed.items()):
        yield Finding(
            sure,
            N_(
                "Bid %(bid)s does not count: change %(number)s asked for it to be confirmed before "
                "closing, and it was not"
            ),
            change.where,
            (("bid", bid), ("number", change.number("number"))),
        )


def asks_to_confirm(change: Told) -> bool:
    """Tell whether bids submitted before a change count only when they are confirmed after it.

    Raises:
        Unshown, Unfit: the change does not say.
    """
    found = change.value("confirm")
    if not isinstance(found, bool):
        raise Unfit(change, "confirm")
    return found


def plan_of(chain: Sequence[Told]) -> bytes:
    """Give the digest of the plan that holds after these entries of a published challenge.

    Raises:
        Unshown, Unfit: a value that this rests on is withheld, or is none.
    """
    named = (PUBLISHED, CHANGED, STAGE_OPENED)
    return [each for each in chain if each.action in named][-1].digest("plan")


def counted(chain: Sequence[Told], closed: Told) -> dict[str, tuple[int, bytes]]:
    """Give version and envelope of each bid that counted at a closing, by reference.

    What was submitted before a change that asks bids to be confirmed counts no more after it.

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
        elif each.action == CHANGED and asks_to_confirm(each):
            found.clear()
    return found


def _step(standing: _Standing, each: Told) -> Iterator[Finding]:
    """Take the next entry, and say what of it cannot be."""
    if each.action in (PUBLISHED, STAGE_OPENED):
        standing.heard, standing.plan = each.action == STAGE_OPENED and is_heard(each), each
        standing.elsewhere = PLACE in each.entry.fields
        standing.closes_at = None if standing.heard else each.instant("closes_at")
    elif each.action == CHANGED:
        yield from _changed(standing, each)
    elif each.action in (EXTENDED, REOPENED):
        yield from _moved(standing, each)
    elif each.action == CLOSED:
        yield from _closed(standing, each)
    elif each.action in (SUBMITTED, WITHDRAWN):
        yield from _bid(standing, each)
    elif each.action == LAPSED:
        if each.value("bids") != sorted(standing.unconfirmed):
            yield failed(
                N_("It names other bids than those that were not confirmed after a change"),
                each.where,
            )
    elif each.action == READ and standing.opened is None and not standing.heard:
        yield failed(N_("A bid was read before the bids were opened"), each.where)
    elif each.action in (OPENED, BROUGHT):
        standing.opened = each


def _bid(standing: _Standing, each: Told) -> Iterator[Finding]:
    """Take a submission or a withdrawal."""
    standing.bids.append(each)
    if standing.heard:
        yield failed(N_("A bid was submitted where suppliers are only heard"), each.where)
    if standing.closed is not None:
        yield failed(
            N_("A bid was submitted or withdrawn after the closing in entry %(n)s"),
            each.where,
            n=standing.closed.n,
        )
    yield from _in_time(standing, each)
    bid = each.text("bid")
    standing.unconfirmed.pop(bid, None)
    if each.action == SUBMITTED:
        standing.counting[bid] = each
    else:
        standing.counting.pop(bid, None)


def _changed(standing: _Standing, each: Told) -> Iterator[Finding]:
    """Take a change to the challenge: in its order, before closing, and fair to who had bid."""
    if standing.opened is not None or standing.closed is not None:
        yield failed(N_("The challenge was changed after bids had closed"), each.where)
    if standing.closes_at is not None and each.entry.at >= standing.closes_at:
        yield failed(N_("The challenge was changed at its closing time or later"), each.where)
    if each.number("number") != len(standing.changes) + 1:
        yield failed(N_("The changes to the challenge are not numbered one by one"), each.where)
    if standing.changes and each.digest("before") != standing.changes[-1].digest("after"):
        yield failed(N_("It changes another text than the change before it had left"), each.where)
    confirm = asks_to_confirm(each)
    if (
        not confirm
        and standing.plan is not None
        and each.digest("plan") != standing.plan.digest("plan")
    ):
        yield failed(
            N_("It changes the plan, and does not ask for bids to be confirmed"), each.where
        )
    if confirm:
        standing.unconfirmed |= dict.fromkeys(standing.counting, each)
        standing.counting.clear()
    standing.plan = each
    standing.changes.append(each)


def _moved(standing: _Standing, each: Told) -> Iterator[Finding]:
    if standing.opened is not None:
        yield failed(N_("The closing was moved after the bids were opened"), each.where)
    if each.action == EXTENDED and standing.closed is not None and not standing.elsewhere:
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

"""Checks by a challenge's chain that bids received elsewhere were brought in as they must. Pure.

The rules are those of `docs/verification.md`, section 11. What happened before that, elsewhere, no
file of this service shows: there are no receipts, no seals and no opening to check.
"""

from collections.abc import Iterator, Sequence

from marketplace.core.audit.bid_order import (
    BROUGHT,
    CLOSED,
    EXTENDED,
    OPENED,
    PLACE,
    PUBLISHED,
    REOPENED,
    SUBMITTED,
    WITHDRAWN,
)
from marketplace.core.audit.findings import Finding, Status, asserted, failed
from marketplace.core.audit.told import Told
from marketplace.core.text import N_

_CLOSINGS = (CLOSED, REOPENED, EXTENDED)
_OF_HERE = frozenset({SUBMITTED, WITHDRAWN, OPENED})

NOT_COLLECTED = N_(
    "Bids were received elsewhere: receipts, seals and their opening are not collected here"
)


def check(chain: Sequence[Told], sure: Status) -> Iterator[Finding]:
    """Say of a chain how its bids came here, where they were received elsewhere.

    Nothing is said of a challenge that takes its bids here and has none brought in.

    Raises:
        Unshown, Unfit: a value that this rests on is withheld, or is none.
    """
    brought = [each for each in chain if each.action == BROUGHT]
    published = [each for each in chain if each.action == PUBLISHED]
    if not any(PLACE in each.entry.fields for each in published):
        for each in brought:
            yield failed(
                N_("Bids were brought in, and the challenge was published to take them here"),
                each.where,
            )
        return
    faults = [*_of_here(chain), *_faults(chain, brought)]
    yield from faults
    if faults:
        return
    yield asserted(NOT_COLLECTED, published[0].where)
    if brought:
        yield Finding(
            sure,
            N_("The bids, %(count)s, were brought in once, after the closing was recorded"),
            brought[0].where,
            (("count", brought[0].number("count")),),
        )


def _of_here(chain: Sequence[Told]) -> Iterator[Finding]:
    for each in chain:
        if each.action in _OF_HERE:
            yield failed(
                N_("The bids go elsewhere, and one is recorded as submitted or opened here"),
                each.where,
            )


def _faults(chain: Sequence[Told], brought: Sequence[Told]) -> Iterator[Finding]:
    for again in brought[1:]:
        yield failed(
            N_("The bids were brought in before, in entry %(n)s"), again.where, n=brought[0].n
        )
    for each in brought[:1]:
        before = [other for other in chain if other.n < each.n and other.action in _CLOSINGS]
        if not before or before[-1].action != CLOSED:
            yield failed(N_("The bids were brought in before a closing was recorded"), each.where)
        bids = each.value("bids")
        if (
            not isinstance(bids, list)
            or bids != sorted(set(bids))
            or each.number("count") != len(bids)
        ):
            yield failed(N_("The bids that it names are not told in their one form"), each.where)

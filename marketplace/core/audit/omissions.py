"""Finds what was left out of a chain, and says of what it can be told that it was an early read.

Pure. An entry that is missing tells nothing but its leaf hash: what it was is known from where it
stood, as far as that goes, and exactly from another copy of the chain. The rules are those of
`docs/verification.md`, section 8.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import pairwise

from marketplace.core.audit.bid_order import BROUGHT, OPENED, PLACE, PUBLISHED, READ
from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.audit.stages import FIRST, HEARD, STAGE_OPENED, stage_of
from marketplace.core.audit.told import Told
from marketplace.core.text import N_


class _Sealed:
    """Of which stages the bids are sealed, after some of a chain's entries."""

    def __init__(self, chain: Sequence[Told]) -> None:
        # Where the publication itself is missing nobody can tell when it was.
        begins = any(each.action == PUBLISHED for each in chain)
        self.stages: set[int] = set() if begins else {FIRST}

    def take(self, each: Told) -> None:
        """Take the next entry."""
        stage = stage_of(each.shown)
        if each.action == PUBLISHED and PLACE not in each.entry.fields:
            self.stages.add(FIRST)
        elif each.action == STAGE_OPENED and each.known("source") != HEARD:
            self.stages.add(stage)
        elif each.action in (OPENED, BROUGHT):
            self.stages.discard(stage)


def gaps(chain: Sequence[Told]) -> Iterator[Finding]:
    """Find where entries are missing, or do not stand where their numbers say."""
    numbers = sorted({each.entry.cn for each in chain})
    sealed, wanted = _Sealed(chain), 1
    for each in chain:
        found = each.entry.cn
        if found > wanted and found - wanted > bisect_left(numbers, found) - bisect_left(
            numbers, wanted
        ):
            yield failed(
                N_(
                    "It has number %(found)s where %(wanted)s was expected: entries are missing. "
                    "The last of them has the leaf hash %(leaf)s"
                ),
                each.where,
                found=found,
                wanted=wanted,
                leaf=each.entry.prev.hex() if each.entry.prev else "-",
            )
            if sealed.stages:
                yield failed(
                    N_(
                        "What is missing before it stood where bids were sealed: an early read of "
                        "a bid may have been left out"
                    ),
                    each.where,
                )
        elif found != wanted:
            yield failed(
                N_("It has number %(found)s where %(wanted)s was expected"),
                each.where,
                found=found,
                wanted=wanted,
            )
        sealed.take(each)
        wanted = found + 1


def unlinked(chain: Sequence[Told]) -> Iterator[Finding]:
    """Find where an entry does not refer to the one before it, though nothing is missing there."""
    for before, each in pairwise(chain):
        if each.entry.prev != before.leaf and each.entry.cn <= before.entry.cn + 1:
            yield failed(N_("It does not refer to the entry before it"), each.where)
        if each.n <= before.n or each.entry.at < before.entry.at:
            yield failed(N_("It was recorded before the entry that precedes it"), each.where)


def against(chain: Sequence[Told], copy: Sequence[Told], size: int, sure: Status) -> list[Finding]:
    """Hold a chain against another copy of it, and name each entry that only one of them has.

    `size` is how many entries of the log the copy's checkpoint covers; of those behind the last
    entry of either nothing is said.
    """
    if not chain or not copy:
        return []
    here = {each.n: each for each in chain}
    there = {each.n: each for each in copy}
    found: list[Finding] = []
    sealed = _Sealed(copy)
    for each in copy:
        mine = here.get(each.n)
        if mine is not None and mine.leaf != each.leaf:
            found.append(
                failed(N_("It is another entry than the copy of the chain has there"), each.where)
            )
        elif mine is None and each.n < chain[-1].n:
            found.append(_left_out(each, early=stage_of(each.shown) in sealed.stages))
        sealed.take(each)
    found += (
        failed(N_("The copy of the chain has no such entry: it was added"), each.where)
        for each in chain
        if each.n < size and each.n not in there
    )
    return found or [
        Finding(sure, N_("The chain is the one of the copy, and nothing was left out"), "log")
    ]


def _left_out(each: Told, *, early: bool) -> Finding:
    if early and each.action == READ:
        return failed(
            N_(
                "An early read was left out: by the copy of the chain a bid was read here before "
                "the bids were opened"
            ),
            each.where,
        )
    return failed(
        N_("It was left out: the copy of the chain has it, %(action)s"),
        each.where,
        action=each.action,
    )

"""Checks by a challenge's chain that letters to bidders went out in their order, each once. Pure.

The rules are those of `docs/verification.md`, section 8. What a letter says is in no file that is
for everybody; that it went, to whom of an award and right behind what it tells of, is.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from marketplace.core.audit.bid_order import BROUGHT, OPENED
from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.audit.stages import FIRST, stage_of
from marketplace.core.audit.told import Told
from marketplace.core.text import N_

ANNOUNCED = "intention.announced"
TAKEN_BACK = "decision.taken_back"
SENT = "letter.sent"
GOES_ON = "advance.confirmed"
LIST_FELL = "advance.taken_back"
ASKED = "information.requested"
ISSUED = "letter.issued"
ACTIONS = frozenset(
    {OPENED, BROUGHT, ANNOUNCED, TAKEN_BACK, SENT, GOES_ON, LIST_FELL, ASKED, ISSUED}
)

_MORE = "further_information"


class Step(NamedTuple):
    """One entry: its place in the log, what happened, and what is known of its fields."""

    n: int
    action: str
    values: Mapping[str, object]

    @property
    def where(self) -> str:
        """Name it in a finding."""
        return f"entry {self.n}"

    @property
    def bid(self) -> str | None:
        """Give the bid that it is about, None where that is withheld or erased."""
        found = self.values.get("bid")
        return found if isinstance(found, str) else None


@dataclass
class _Standing:
    """Where a stage stands after some of its entries.

    `opened` are the bids of it, None where no entry shows them; `told` says by bid which letter of
    the announcement that stands went to it, `last` is the newest of the two.
    """

    opened: frozenset[str] | None = None
    announced: Step | None = None
    last: Step | None = None
    told: dict[str, Step] = field(default_factory=dict)
    unnamed: bool = False
    goes_on: Step | None = None
    sifted: dict[str, Step] = field(default_factory=dict)
    asked: Counter[str | None] = field(default_factory=Counter)


def check(chain: Sequence[Told], sure: Status) -> Iterator[Finding]:
    """Say of a chain whether each bidder was written to once about what had been decided.

    Nothing is said of one that records no letter and no intention.
    """
    steps = [Step(each.n, each.action, each.shown) for each in chain if each.action in ACTIONS]
    found = list(faults(steps))
    yield from found
    awards = [each for each in steps if each.action == ANNOUNCED]
    if awards and not found:
        yield Finding(
            sure,
            N_("With each intention to award, letters went out at once to all whose bids it is of"),
            awards[-1].where,
        )


def faults(steps: Iterable[Step]) -> Iterator[Finding]:
    """Find letters of one challenge that went out of their order, twice, or to nobody who bid."""
    stages: dict[int, _Standing] = {}
    for step in steps:
        number = stage_of(step.values)
        yield from _follow(step, stages.setdefault(number, _Standing()), number)
    for now in stages.values():
        yield from _left_out(now)


def _follow(step: Step, now: _Standing, number: int) -> Iterator[Finding]:
    if step.action in (OPENED, BROUGHT):
        bids = step.values.get("bids")
        now.opened = frozenset(map(str, bids)) if isinstance(bids, dict | list) else None
    elif step.action in (ANNOUNCED, TAKEN_BACK):
        yield from _left_out(now)
        now.announced = now.last = step if step.action == ANNOUNCED else None
        now.told, now.unnamed = {}, False
    elif step.action == SENT:
        yield from _sent(step, now, number)
    elif step.action == GOES_ON:
        now.goes_on, now.sifted = step, {}
    elif step.action == LIST_FELL:
        now.goes_on, now.sifted = None, {}
    elif step.action == ASKED:
        now.asked[step.bid] += 1
    elif step.action == ISSUED:
        yield from _issued(step, now)


def _sent(step: Step, now: _Standing, number: int) -> Iterator[Finding]:
    if now.announced is None or now.last is None:
        yield failed(
            N_("A letter tells of an intention to award that had not been announced"), step.where
        )
        return
    if step.n != now.last.n + 1:
        yield failed(
            N_(
                "A letter went out later than the announcement in entry %(n)s, from which the "
                "standstill counts"
            ),
            step.where,
            n=now.announced.n,
        )
    now.last = step
    bid = step.bid
    if bid is None:
        now.unnamed = True
    elif bid in now.told:
        yield failed(
            N_("The bidder of bid %(bid)s had its letter of this decision before, in entry %(n)s"),
            step.where,
            bid=bid,
            n=now.told[bid].n,
        )
    # Suppliers are invited to a later stage, and one that did not answer is written to as well.
    elif number == FIRST and now.opened is not None and bid not in now.opened:
        yield failed(
            N_("A letter went out about bid %(bid)s, which was not opened"), step.where, bid=bid
        )
    if bid is not None:
        now.told.setdefault(bid, step)


def _issued(step: Step, now: _Standing) -> Iterator[Finding]:
    if now.goes_on is None and not now.asked:
        yield failed(
            N_("A letter went out before anything was decided or asked that it could tell of"),
            step.where,
        )
        return
    bid, letter = step.bid, step.values.get("letter")
    if bid is None or not isinstance(letter, str):
        return
    if letter == _MORE:
        now.asked[bid] -= 1
        if now.asked[bid] < 0 and None not in now.asked:
            yield failed(
                N_("Further information went to the bidder of bid %(bid)s, which had not asked"),
                step.where,
                bid=bid,
            )
    elif bid in now.sifted:
        yield failed(
            N_("The bidder of bid %(bid)s had its letter of this decision before, in entry %(n)s"),
            step.where,
            bid=bid,
            n=now.sifted[bid].n,
        )
    else:
        now.sifted[bid] = step


def _left_out(now: _Standing) -> Iterator[Finding]:
    """Find bidders to whom no letter of the announcement that stands went."""
    if now.announced is None or now.opened is None or now.unnamed:
        return
    if missing := sorted(now.opened - set(now.told)):
        yield failed(
            N_("With the intention to award no letter went to the bidders of %(bids)s"),
            now.announced.where,
            bids=", ".join(missing),
        )

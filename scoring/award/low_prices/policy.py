"""What a flagged price asks of an officer, and what it lets the chair do. Pure.

A flag never decides anything: it asks an officer to look. Source: Public Contracts (Scotland)
Regulations 2015, reg. 69.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_
from scoring.award.policy import UNNAMED


class PriceFinding(StrEnum):
    """What an officer finds about a price that was flagged."""

    NO_DOUBT = "no_doubt"
    EXPLAINED = "explained"
    NOT_EXPLAINED = "not_explained"


FINDING_WORDS = {
    PriceFinding.NO_DOUBT: N_("No explanation is needed: the price is in no doubt"),
    PriceFinding.EXPLAINED: N_("Explained: the bidder can do the work for this price"),
    PriceFinding.NOT_EXPLAINED: N_(
        "Not explained: the evidence does not account for the low price"
    ),
}


@dataclass(frozen=True)
class Flagged:
    """A bid whose price was flagged, by which detectors, and what was found of it last."""

    bid: str
    detectors: tuple[str, ...]
    finding: PriceFinding | None = None

    @property
    def open(self) -> bool:
        """Tell whether an officer has still to decide."""
        return self.finding is None

    @property
    def refused(self) -> bool:
        """Tell whether the price was not accounted for."""
        return self.finding is PriceFinding.NOT_EXPLAINED


def flagged(
    flags: Sequence[Mapping[str, Any]], found: Mapping[str, tuple[Collection[str], PriceFinding]]
) -> list[Flagged]:
    """Give the bids that a result flags, with what was found of each.

    `flags` are the result's; `found` the latest finding by bid with the detectors that it was
    about. A finding holds for a later result too, unless another detector flags the price there.
    """
    detectors: dict[str, list[str]] = {}
    for flag in flags:
        detectors.setdefault(flag["bid"], []).append(flag["detector"])
    told = []
    for bid, names in detectors.items():
        about, finding = found.get(bid, ((), None))
        holds = finding is not None and set(names) <= set(about)
        told.append(Flagged(bid, tuple(names), finding if holds else None))
    return told


def can_decide(
    actor: Actor, state: State, *, has_result: bool, awaits_sign_off: bool, unnamed: bool
) -> Answer:
    """Answer whether the actor may decide about a flagged price now.

    Nobody who scores: whoever judges a bid must not judge its price too. `unnamed`: the actor
    judges or observes here, and must not know whose bid is which.
    """
    if not actor.may(Permission.ELIGIBILITY_DECIDE):
        return lacks_right(N_("Only a procurement officer decides about a low price."))
    if actor.may(Permission.SCORE_RECORD):
        return lacks_right(
            N_("You can score bids, so another procurement officer decides about their prices.")
        )
    if unnamed:
        return lacks_right(UNNAMED)
    if state is not State.EVALUATING or not has_result:
        return wrong_moment(
            N_("Low prices are decided after the result is computed and before it is announced.")
        )
    if awaits_sign_off:
        return wrong_moment(
            N_("A recommendation is waiting for an approver. It must be answered first.")
        )
    return ALLOWED


def can_go_on(prices: Collection[Flagged]) -> Answer:
    """Answer whether a bid may be recommended: no flagged price is left undecided."""
    if any(each.open for each in prices):
        return wrong_moment(
            N_(
                "A price was flagged as unusually low, and nobody has decided about it yet. A "
                "procurement officer does that first."
            )
        )
    return ALLOWED


def refusals(
    finding: PriceFinding | None, reason: str, *, asked: bool, explained: bool
) -> Mapping[str, str]:
    """Say by field why a decision cannot stand; empty where it can.

    `asked` tells that the bidder was asked about its price and that its time to answer is over,
    `explained` that it answered.
    """
    if finding is None:
        return {"finding": N_("Choose what you find")}
    if not reason.strip():
        return {"reason": N_("Give the reason for this decision")}
    if finding is PriceFinding.NOT_EXPLAINED and not asked:
        return {
            "finding": N_(
                "Ask the bidder to explain the price first, and wait for its answer or the end of "
                "its time"
            )
        }
    if finding is PriceFinding.EXPLAINED and not explained:
        return {
            "finding": N_(
                "The bidder has not explained its price. Ask it first, or choose that no "
                "explanation is needed"
            )
        }
    return {}

"""What an auditor looks at first: the exceptions that a purchase is flagged with. Pure.

Most rest on what the log of a challenge holds, so that whoever has the log can count them again.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from marketplace.core.text import N_


class Flag(StrEnum):
    """One kind of exception; in the order of a purchase."""

    CHANGED = "changed"
    DEADLINE_MOVED = "deadline_moved"
    BIDS_AGAIN = "bids_again"
    NO_BID = "no_bid"
    ONE_BID = "one_bid"
    LEFT_OUT = "left_out"
    PANEL_CHANGED = "panel_changed"
    INTEREST = "interest"
    CORRECTED = "corrected"
    ORDER_CHANGED = "order_changed"
    REOPENED = "reopened"
    RECOMPUTED = "recomputed"
    TIE_DECIDED = "tie_decided"
    LOW_PRICE = "low_price"
    RETURNED = "returned"
    EVIDENCE_FAILED = "evidence_failed"
    COMPLAINT = "complaint"
    DECIDED_AGAIN = "decided_again"
    NO_AWARD = "no_award"
    REST_ENDED = "rest_ended"
    NOTICE_LATE = "notice_late"
    VALUE_CHANGED = "value_changed"
    COURT_ORDER = "court_order"


class Told(NamedTuple):
    """How a flag is headed, what it means, and at which page of the challenge it is shown."""

    heading: str
    means: str
    endpoint: str


TOLD: Mapping[Flag, Told] = {
    Flag.CHANGED: Told(
        N_("Changed after publication"),
        N_("What was published was changed while bids were taken."),
        "public_changes.index",
    ),
    Flag.DEADLINE_MOVED: Told(
        N_("Deadline moved"), N_("The closing time was moved to a later one."), "timeline.show"
    ),
    Flag.BIDS_AGAIN: Told(
        N_("Open again"),
        N_("Bids were taken again after the closing time had passed."),
        "timeline.show",
    ),
    Flag.NO_BID: Told(N_("No bid"), N_("Nobody sent a bid."), "web.challenge"),
    Flag.ONE_BID: Told(N_("One bid"), N_("There was one bid only."), "opening.bids"),
    Flag.LEFT_OUT: Told(
        N_("Bids not judged"),
        N_("Bids were found not to meet the requirements, or were excluded."),
        "opening.bids",
    ),
    Flag.PANEL_CHANGED: Told(
        N_("Panel changed"),
        N_("Somebody joined the panel or left it after it was named."),
        "timeline.show",
    ),
    Flag.INTEREST: Told(
        N_("Interests acted on"),
        N_("An interest in a bidder kept somebody away from it, or was found later."),
        "timeline.show",
    ),
    Flag.CORRECTED: Told(
        N_("Scores corrected"), N_("Submitted scores were corrected."), "timeline.show"
    ),
    Flag.ORDER_CHANGED: Told(
        N_("Order changed at moderation"),
        N_(
            "By the average of the evaluators’ own scores the bids stand in another order for "
            "quality than by the scores that the panel agreed."
        ),
        "award.result",
    ),
    Flag.REOPENED: Told(
        N_("Scoring reopened"),
        N_("Scoring was opened again, or the quality scores were unlocked."),
        "timeline.show",
    ),
    Flag.RECOMPUTED: Told(
        N_("Computed again"), N_("The result was computed more than once."), "award.result"
    ),
    Flag.TIE_DECIDED: Told(
        N_("Tie decided"),
        N_("Bids tied for the last place, and the panel chose among them."),
        "timeline.show",
    ),
    Flag.LOW_PRICE: Told(
        N_("Low price"), N_("A price was looked into because it seemed too low."), "award.result"
    ),
    Flag.RETURNED: Told(
        N_("Sent back"),
        N_("An approver sent a recommendation, or a list of who goes on, back to the panel."),
        "timeline.show",
    ),
    Flag.EVIDENCE_FAILED: Told(
        N_("Evidence failed"),
        N_("The preferred bidder’s evidence was not enough."),
        "timeline.show",
    ),
    Flag.COMPLAINT: Told(
        N_("Complaint"),
        N_("Somebody complained about the decision, or went to court."),
        "complaints.index",
    ),
    Flag.DECIDED_AGAIN: Told(
        N_("Decided again"), N_("The decision was taken again."), "again.show"
    ),
    Flag.NO_AWARD: Told(
        N_("No award"), N_("It was ended or stopped without a contract."), "web.challenge"
    ),
    Flag.REST_ENDED: Told(
        N_("Rest not awarded"),
        N_("Contracts were signed, and what was not signed yet ended without award."),
        "again.show",
    ),
    Flag.NOTICE_LATE: Told(
        N_("Award notice late"),
        N_("The award notice was published late, or is overdue."),
        "award_notices.award",
    ),
    Flag.VALUE_CHANGED: Told(
        N_("Value changed"),
        N_("A contract is worth more than was published, or its value was changed."),
        "timeline.show",
    ),
    Flag.COURT_ORDER: Told(
        N_("Court order"),
        N_("A court declared a contract ineffective, made it shorter, or ordered a penalty."),
        "contracts.index",
    ),
}

# Which entries of a challenge's log raise a flag.
BY_ACTION: Mapping[str, Flag] = {
    "challenge.changed": Flag.CHANGED,
    "deadline.extended": Flag.DEADLINE_MOVED,
    "challenge.reopened": Flag.BIDS_AGAIN,
    "panel.member_added": Flag.PANEL_CHANGED,
    "panel.member_replaced": Flag.PANEL_CHANGED,
    "interest.found": Flag.INTEREST,
    "score.corrected": Flag.CORRECTED,
    "scoring.reopened": Flag.REOPENED,
    "quality.unlocked": Flag.REOPENED,
    "cutoff.decided": Flag.TIE_DECIDED,
    "low_price.decided": Flag.LOW_PRICE,
    "award.returned": Flag.RETURNED,
    "advance.returned": Flag.RETURNED,
    "preferred.failed": Flag.EVIDENCE_FAILED,
    "complaint.received": Flag.COMPLAINT,
    "court.recorded": Flag.COMPLAINT,
    "decision.taken_back": Flag.DECIDED_AGAIN,
    "approval.taken_back": Flag.DECIDED_AGAIN,
    "advance.taken_back": Flag.DECIDED_AGAIN,
    "challenge.not_awarded": Flag.NO_AWARD,
    "rest.ended": Flag.REST_ENDED,
    "contract.order_confirmed": Flag.COURT_ORDER,
}


class Cell(NamedTuple):
    """One criterion of one bid: its weight, and what the score is a share of."""

    bid: str
    criterion: str
    weight: Fraction
    own: Fraction | None
    agreed: Fraction | None


def order_changed(cells: Sequence[Cell]) -> bool:
    """Tell whether bids stand in another order by quality when the panel agreed than by the mean.

    `own` is the mean of the evaluators' own scores and `agreed` the panel's, both as shares of the
    most that can be reached. A bid without both in every criterion stays out. Bids that tie stand
    on one place.
    """
    bids: dict[str, list[Cell]] = {}
    for cell in cells:
        bids.setdefault(cell.bid, []).append(cell)
    own: dict[str, Fraction] = {}
    agreed: dict[str, Fraction] = {}
    for bid, found in bids.items():
        if any(each.own is None or each.agreed is None for each in found):
            continue
        own[bid] = sum((each.weight * (each.own or 0) for each in found), Fraction())
        agreed[bid] = sum((each.weight * (each.agreed or 0) for each in found), Fraction())
    return _places(own) != _places(agreed)


def _places(points: Mapping[str, Fraction]) -> Mapping[str, int]:
    return {bid: sum(other > own for other in points.values()) for bid, own in points.items()}

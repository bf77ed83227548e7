"""Changes to published challenges: one that makes a text clearer, one that changes the plan.

After the second, one bidder has confirmed its bid and another has not: a visitor can do it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from bids.renewing.service import confirm_bid
from challenges.changing import service
from challenges.sections import Tried
from marketplace.core.permissions import Role
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling


@dataclass(frozen=True)
class Change:
    """What changes of a challenge, and why; `confirmed_by` names the supplier who has confirmed.

    `tried` is put behind what was tried before; `weights` replace those of the same keys.
    """

    reason: str
    tried: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)
    confirmed_by: str | None = None


CHANGES: Mapping[str, Change] = {
    "outpatient-booking": Change(
        reason=(
            "A supplier asked whether reminders by phone call had been tried. They have, and what "
            "came of it helps everybody who bids."
        ),
        tried=(
            "For two months in one clinic people were also phoned. Those who were reached came; "
            "half of them could not be reached in the hours in which somebody could phone."
        ),
    ),
    "finding-deer": Change(
        reason=(
            "Stalkers asked us to weigh safety more: equipment is put up by people who work alone, "
            "and the last accident was on a ladder. What is asked stays the same."
        ),
        weights={"safety": 15, "commitment": 20},
        confirmed_by="hill-and-hedge",
    ),
}


def change(telling: Telling, what: Change) -> History:
    """Have the lead write a change, an officer who wrote nothing of it publish it, and perhaps a
    bidder confirm its bid.

    Raises:
        ValueError: the challenge was not published.
    """
    if telling.days.published is None:
        raise ValueError(f"{telling.reference} is not published")
    clock, span = telling.clock, Span(telling.days.published, telling.days.until)
    yield span.at(0.78)
    if what.tried:
        tried = Tried(f"{telling.item.tried}\n\n{what.tried}")
        service.save_section(telling.reference, tried, actor=telling.lead, clock=clock)
    if what.weights:
        weights = {each.key: Decimal(each.weight) for each in telling.item.criteria}
        weights |= {key: Decimal(weight) for key, weight in what.weights.items()}
        service.arrange(telling.reference, weights, actor=telling.lead, clock=clock)
    yield span.at(0.79)
    service.hand_over(
        telling.reference, reason=what.reason, confirm=False, actor=telling.lead, clock=clock
    )
    yield span.at(0.82)
    service.publish(telling.reference, actor=telling.officers[1], clock=clock)
    if what.confirmed_by is not None:
        yield span.at(0.93)
        confirm_bid(
            telling.bid_references[what.confirmed_by],
            actor=telling.cast.one(what.confirmed_by, Role.SUPPLIER_ADMIN),
            arrived=clock.now(),
            clock=clock,
        )

"""What the history of a challenge is told with: its content and days, its people, the clock."""

from dataclasses import dataclass, field

from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, Role
from marketplace.demonstration.cast import Cast
from marketplace.demonstration.days import Days
from marketplace.demonstration.shapes import BidSet, Challenge, Content


@dataclass
class Telling:
    """One challenge, whose history is told in several parts that run side by side.

    `bid_references` maps a supplier's key to its bid, once that is begun.
    """

    content: Content
    item: Challenge
    days: Days
    cast: Cast
    clock: Clock
    bid_references: dict[str, str] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        """Give the challenge's reference."""
        return self.item.reference

    @property
    def bid_set(self) -> BidSet:
        """Give what was bid; for a challenge without bids a set that holds none."""
        return self.content.bids_on(self.item.key) or BidSet(self.item.key, ())

    @property
    def lead(self) -> Actor:
        """Give the challenge lead, who writes it."""
        return self.cast.one(self.item.buyer, Role.CHALLENGE_LEAD)

    @property
    def officers(self) -> list[Actor]:
        """Give the body's procurement officers: the first approves, and opens with the second.

        All of them are named at publication, any two of whom may open the bids.
        """
        return self.cast.all(self.item.buyer, Role.PROCUREMENT_OFFICER)

    @property
    def chair(self) -> Actor:
        """Give the chair of the panel."""
        return self.cast.one(self.item.buyer, Role.CHAIR)

    @property
    def approver(self) -> Actor:
        """Give the approver."""
        return self.cast.one(self.item.buyer, Role.APPROVER)

    def evaluators(self, count: int) -> list[Actor]:
        """Give the body's first evaluators, as the content numbers them from 1."""
        return self.cast.all(self.item.buyer, Role.EVALUATOR)[:count]

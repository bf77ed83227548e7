"""Reads flagged prices: what flags them, what their bidders were asked, and what was found."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids.asking import policy as asking
from bids.asking import queries as bid_queries
from bids.asking.lifecycle import QueryPart
from bids.asking.models import BidQuery
from bids.models import Bid
from challenges.models import Stage
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.award.low_prices import policy
from scoring.award.low_prices.models import LowPriceDecision
from scoring.award.queries import Computed
from scoring.explanation import sentences


@dataclass(frozen=True)
class Price:
    """One flagged price: whose it is, what the detectors say, what was asked and found.

    `findings` are all that were made, the latest last; `asked` the bidder's queries about the
    price that were not taken back.
    """

    bid_id: uuid.UUID
    supplier: str
    flag: policy.Flagged
    says: Sequence[sentences.Sentence]
    asked: Sequence[BidQuery]
    findings: Sequence[LowPriceDecision]

    @property
    def bid(self) -> str:
        """Give the bid's reference."""
        return self.flag.bid

    def over(self, now: datetime) -> BidQuery | None:
        """Give the latest query if its answer is there, or cannot come any more.

        While that one waits, what an earlier one brought is not all that the bidder has to say.
        """
        return next((query for query in self.asked[-1:] if asking.is_over(query, now)), None)

    def answered(self) -> BidQuery | None:
        """Give the latest query that the bidder answered."""
        return next((q for q in reversed(self.asked) if q.answered_at is not None), None)


@dataclass(frozen=True)
class _Known:
    """The flagged bids by reference, all that was found of them, and what stands of each."""

    bids: Mapping[str, Bid]
    findings: Sequence[LowPriceDecision]
    flags: Sequence[policy.Flagged]


def prices(session: Session, stage: Stage, computed: Computed | None) -> list[Price]:
    """Give the prices that the newest result flags, in its order; none before there is a result."""
    if computed is None or not computed.result["low_price"]:
        return []
    known = _known(session, stage, computed)
    queries = [
        query
        for query in reversed(bid_queries.of_challenge(session, stage.challenge))
        if query.part is QueryPart.PRICE and query.withdrawn_at is None
    ]
    names = {reference: bid.supplier.name for reference, bid in known.bids.items()}
    told = []
    for flag in known.flags:
        bid = known.bids[flag.bid]
        own = [each for each in computed.result["low_price"] if each["bid"] == flag.bid]
        told.append(
            Price(
                bid_id=bid.id,
                supplier=bid.supplier.name,
                flag=flag,
                says=sentences.low_prices({"low_price": own}, names),
                asked=[query for query in queries if query.bid_id == bid.id],
                findings=[each for each in known.findings if each.bid_id == bid.id],
            )
        )
    return told


def price_of(session: Session, stage: Stage, computed: Computed | None, bid: str) -> Price:
    """Give the flagged price of one bid.

    Raises:
        NotFound: the newest result does not flag it.
    """
    for price in prices(session, stage, computed):
        if price.bid == bid:
            return price
    raise NotFound(N_("The price of this bid is not flagged."))


def last_decisions(session: Session, stage_id: uuid.UUID) -> list[LowPriceDecision]:
    """Give what was found last of each price that any result of a stage flagged, by the bid.

    A bid that was left out afterwards is flagged no more, and what was found of it stands.
    """
    made = session.scalars(
        select(LowPriceDecision)
        .where(LowPriceDecision.stage_id == stage_id)
        .options(joinedload(LowPriceDecision.bid), joinedload(LowPriceDecision.query))
        .order_by(LowPriceDecision.decided_at, LowPriceDecision.id)
    )
    last = {each.bid.reference: each for each in made}
    return [last[reference] for reference in sorted(last)]


def flags_of(session: Session, stage: Stage, computed: Computed | None) -> Sequence[policy.Flagged]:
    """Give the flagged prices with what was found of each, and nothing else of them."""
    if computed is None or not computed.result["low_price"]:
        return []
    return _known(session, stage, computed).flags


def _known(session: Session, stage: Stage, computed: Computed) -> _Known:
    flags = computed.result["low_price"]
    bids = {
        bid.reference: bid
        for bid in session.scalars(
            select(Bid)
            .where(
                Bid.stage_id == stage.id,
                Bid.reference.in_({flag["bid"] for flag in flags}),
            )
            .options(joinedload(Bid.supplier))
        )
    }
    references = {bid.id: reference for reference, bid in bids.items()}
    made = session.scalars(
        select(LowPriceDecision)
        .where(LowPriceDecision.bid_id.in_(references))
        .options(joinedload(LowPriceDecision.decided_by))
        .order_by(LowPriceDecision.decided_at, LowPriceDecision.id)
    ).all()
    # Of a bid the last one is kept.
    latest = {references[each.bid_id]: (each.detectors.split(), each.finding) for each in made}
    return _Known(bids, made, policy.flagged(flags, latest))

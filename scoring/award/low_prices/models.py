"""Table of what officers found about prices that were flagged."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.asking.models import BidQuery
from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.low_prices.policy import PriceFinding


class LowPriceDecision(Identified, Base):
    """An officer's finding about a flagged price, with its reason; the latest of a bid counts.

    `detectors` are those that flagged it then, parted by spaces; `result_id` is the result that
    was looked at, `query_id` the query to the bidder that it rests on, if it was asked here;
    `asked_elsewhere` tells that it was asked where its bid came in, as the reason says.
    """

    __tablename__ = "low_price_decision"
    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint(
            "finding = 'no_doubt' OR query_id IS NOT NULL OR asked_elsewhere", name="asked"
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    bid_id: Mapped[uuid.UUID]
    result_id: Mapped[uuid.UUID]
    query_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bid_query.id"))
    asked_elsewhere: Mapped[bool] = mapped_column(default=False, server_default=false())
    detectors: Mapped[str] = mapped_column(String(200))
    finding: Mapped[PriceFinding] = mapped_column(enum_type(PriceFinding))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()
    bid: Mapped[Bid] = relationship(viewonly=True)
    query: Mapped[BidQuery | None] = relationship(viewonly=True)


append_only(LowPriceDecision, erasable=("reason",))

"""Tables of results and decisions."""

import uuid
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from challenges.models import Stage
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class Result(Identified, Base):
    """What the engine made of a stage: both documents as bytes, so that anyone can run it again."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("id", "stage_id"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    evaluation: Mapped[bytes] = mapped_column(LargeBinary)
    evaluation_sha256: Mapped[str] = mapped_column(String(64))
    result: Mapped[bytes] = mapped_column(LargeBinary)
    result_sha256: Mapped[str] = mapped_column(String(64))
    engine_version: Mapped[str] = mapped_column(String(20))
    computed_at: Mapped[datetime]

    stage: Mapped[Stage] = relationship()


class Recommendation(Identified, Base):
    """The chair's recommendation of bids, on one result, with its reason.

    It is of one bid, or of several where the plan lets several suppliers win.
    """

    __tablename__ = "recommendation"
    __table_args__ = (
        # The result belongs to this stage and to no other.
        ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        UniqueConstraint("id", "recommended_by_id"),
        UniqueConstraint("id", "stage_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    result_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(Text)
    recommended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recommended_at: Mapped[datetime]

    recommended: Mapped[list["RecommendedBid"]] = relationship(order_by="RecommendedBid.place")
    recommended_by: Mapped[User] = relationship()
    sign_off: Mapped["SignOff | None"] = relationship(
        primaryjoin="Recommendation.id == SignOff.recommendation_id",
        foreign_keys="SignOff.recommendation_id",
        viewonly=True,
    )

    @property
    def bids(self) -> list[Bid]:
        """Give the recommended bids, the best first."""
        return [each.bid for each in self.recommended]

    @property
    def references(self) -> str:
        """Give the references of the recommended bids in one line, the best first."""
        return ", ".join(bid.reference for bid in self.bids)


class RecommendedBid(Base):
    """A bid that is recommended; `place` counts from 1 in the order of the result."""

    __tablename__ = "recommended_bid"
    __table_args__ = (
        ForeignKeyConstraint(
            ["recommendation_id", "stage_id"],
            ["recommendation.id", "recommendation.stage_id"],
            name="recommendation",
        ),
        # The bid belongs to this stage and to no other.
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("place >= 1", name="place"),
    )

    recommendation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage_id: Mapped[uuid.UUID]
    place: Mapped[int]

    bid: Mapped[Bid] = relationship(
        primaryjoin="RecommendedBid.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )


class SignOff(Base):
    """An approver's answer to a recommendation: approved, or returned, with a reason."""

    __tablename__ = "sign_off"
    __table_args__ = (
        ForeignKeyConstraint(
            ["recommendation_id", "recommended_by_id"],
            ["recommendation.id", "recommendation.recommended_by_id"],
            name="recommendation",
        ),
        # Nobody signs off what they recommended.
        CheckConstraint("decided_by_id <> recommended_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    # One answer to one recommendation: two approvals at once cannot both be kept.
    recommendation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    recommended_by_id: Mapped[uuid.UUID]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    approved: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class Intention(Base):
    """The intention to award to a bid, told to all bidders, and when its standstill ends.

    Where several suppliers win there is one for each, all announced at one instant.
    """

    __tablename__ = "intention"
    __table_args__ = (
        # Only of a bid that was recommended.
        ForeignKeyConstraint(
            ["recommendation_id", "bid_id"],
            ["recommended_bid.recommendation_id", "recommended_bid.bid_id"],
            name="recommended",
        ),
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("standstill_ends_at >= announced_at", name="standstill"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    recommendation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_off.recommendation_id"))
    announced_at: Mapped[datetime]
    standstill_ends_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="Intention.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )


class Contract(Identified, Base):
    """A signed contract with the supplier of the announced bid.

    `supplier_check` says how the supplier was checked where nobody acts for it here, so that the
    service has not verified it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("stage_id", "reference"),
        UniqueConstraint("stage_id", "bid_id"),
        # Only with the bidder whose award was announced.
        ForeignKeyConstraint(
            ["stage_id", "bid_id"], ["intention.stage_id", "intention.bid_id"], name="intention"
        ),
        CheckConstraint("value_minor > 0", name="value"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column()
    reference: Mapped[str] = mapped_column(String(80))
    value_minor: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    supplier_check: Mapped[str | None] = mapped_column(Text)

    bid: Mapped[Bid] = relationship(
        primaryjoin="Contract.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    recorded_by: Mapped[User] = relationship()


for _table in (Result, Recommendation, RecommendedBid, SignOff, Intention, Contract):
    append_only(_table)

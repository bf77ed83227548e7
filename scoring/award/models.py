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
    """The chair's recommendation of one bid, on one result, with its reason."""

    __tablename__ = "recommendation"
    __table_args__ = (
        # The bid and the result belong to this stage and to no other.
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        UniqueConstraint("id", "recommended_by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    result_id: Mapped[uuid.UUID]
    bid_id: Mapped[uuid.UUID] = mapped_column()
    reason: Mapped[str] = mapped_column(Text)
    recommended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recommended_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="Recommendation.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    recommended_by: Mapped[User] = relationship()
    sign_off: Mapped["SignOff | None"] = relationship(
        primaryjoin="Recommendation.id == SignOff.recommendation_id",
        foreign_keys="SignOff.recommendation_id",
        viewonly=True,
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
    """The intention to award, told to all bidders, and when its standstill ends."""

    __tablename__ = "intention"
    __table_args__ = (
        UniqueConstraint("recommendation_id"),
        UniqueConstraint("stage_id", "bid_id"),
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("standstill_ends_at >= announced_at", name="standstill"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    recommendation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_off.recommendation_id"))
    bid_id: Mapped[uuid.UUID]
    announced_at: Mapped[datetime]
    standstill_ends_at: Mapped[datetime]

    recommendation: Mapped[Recommendation] = relationship(
        primaryjoin="Intention.recommendation_id == Recommendation.id",
        foreign_keys=[recommendation_id],
        viewonly=True,
    )


class Contract(Identified, Base):
    """A signed contract with the supplier of the announced bid."""

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("stage_id", "reference"),
        # Only with the bidder whose award was announced.
        ForeignKeyConstraint(
            ["stage_id", "bid_id"], ["intention.stage_id", "intention.bid_id"], name="intention"
        ),
        CheckConstraint("value_minor > 0", name="value"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(index=True)
    bid_id: Mapped[uuid.UUID]
    reference: Mapped[str] = mapped_column(String(80))
    value_minor: Mapped[int] = mapped_column(BigInteger)
    signed_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    recorded_by: Mapped[User] = relationship()


for _table in (Result, Recommendation, SignOff, Intention, Contract):
    append_only(_table)

"""Tables of results and decisions."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
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

    withdrawal: Mapped["IntentionWithdrawal | None"] = relationship(
        primaryjoin="Recommendation.id == IntentionWithdrawal.recommendation_id",
        foreign_keys="IntentionWithdrawal.recommendation_id",
        viewonly=True,
    )

    rest_end: Mapped["RestEnd | None"] = relationship(
        primaryjoin="Recommendation.id == RestEnd.recommendation_id",
        foreign_keys="RestEnd.recommendation_id",
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

    Where several suppliers win there is one for each, all announced at one instant. One that was
    withdrawn stays: `scoring.award.standing` tells which count.
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

    recommendation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sign_off.recommendation_id"), primary_key=True
    )
    bid_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    announced_at: Mapped[datetime]
    standstill_ends_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="Intention.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )


class IntentionWithdrawal(Base):
    """That a decision was taken back, with its reason: all its intentions count no more.

    It can be of an approval that no bidder was told of yet.
    """

    __tablename__ = "intention_withdrawal"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    # Taken back once: what follows is another recommendation.
    recommendation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sign_off.recommendation_id"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime]

    withdrawn_by: Mapped[User] = relationship()


class RestEnd(Base):
    """That of a decision what was not signed ended without award, with the reason that every
    bidder reads; what was signed stands."""

    __tablename__ = "rest_end"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    recommendation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("sign_off.recommendation_id"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(Text)
    ended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime]

    ended_by: Mapped[User] = relationship()


class Contract(Identified, Base):
    """A signed contract with the supplier of a bid, for one stage of work.

    It rests either on an announced intention to award, or on a confirmed list of who goes on from
    a stage: those are paid for the work that lies before the next judging. `work_stage_id` is the
    stage of work that it pays for, none where the challenge has no such stage.

    A `later_purchase` is made of its result without asking the market again, by the challenge's own
    body or by another one of those that were named (`bought_by`).

    `value_minor` is in minor units without VAT. `ends_on` is the last day; where there is none,
    `ends_when` says what brings it to an end. It may be extended `extensions_most` times by
    `extension_months` each. These are unknown of contracts that were recorded before they were
    asked for. `supplier_check` says how the supplier was checked where nobody acts for it here, so
    that the service has not verified it.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("stage_id", "reference"),
        # A supplier has one contract for a stage of work; two at once cannot both be kept.
        UniqueConstraint("bid_id", "work_stage_id"),
        Index(
            "uq_contract_bid_without_stage_of_work",
            "bid_id",
            unique=True,
            sqlite_where=text("work_stage_id IS NULL AND NOT later_purchase"),
            postgresql_where=text("work_stage_id IS NULL AND NOT later_purchase"),
        ),
        # Only with the bidder whose award was announced, or who was let go on.
        ForeignKeyConstraint(
            ["recommendation_id", "bid_id"],
            ["intention.recommendation_id", "intention.bid_id"],
            name="intention",
        ),
        ForeignKeyConstraint(
            ["advance_id", "bid_id"],
            ["advancing_bid.advance_id", "advancing_bid.bid_id"],
            name="going_on",
        ),
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("(recommendation_id IS NULL) <> (advance_id IS NULL)", name="rests_on_one"),
        # Work that lies between judged stages is always that of a stage.
        CheckConstraint("advance_id IS NULL OR work_stage_id IS NOT NULL", name="stage_of_work"),
        CheckConstraint(
            "NOT later_purchase OR (recommendation_id IS NOT NULL AND work_stage_id IS NULL)",
            name="later_purchase",
        ),
        CheckConstraint("bought_by IS NULL OR later_purchase", name="bought_by"),
        CheckConstraint("value_minor > 0", name="value"),
        CheckConstraint("ends_on >= starts_on", name="dates"),
        CheckConstraint("extensions_most >= 0", name="extensions_most"),
        CheckConstraint(
            "COALESCE(extensions_most, 0) = 0 OR extension_months > 0", name="extension_months"
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column()
    recommendation_id: Mapped[uuid.UUID | None] = mapped_column()
    advance_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("advance_answer.advance_id"))
    work_stage_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stage.id"), index=True)
    later_purchase: Mapped[bool] = mapped_column(default=False, server_default=false())
    bought_by: Mapped[str | None] = mapped_column(String(200))
    reference: Mapped[str] = mapped_column(String(80))
    value_minor: Mapped[int] = mapped_column(BigInteger)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    ends_when: Mapped[str | None] = mapped_column(Text)
    extensions_most: Mapped[int | None]
    extension_months: Mapped[int | None]
    signed_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    supplier_check: Mapped[str | None] = mapped_column(Text)

    bid: Mapped[Bid] = relationship(
        primaryjoin="Contract.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    work_stage: Mapped[Stage | None] = relationship(foreign_keys=[work_stage_id])
    recorded_by: Mapped[User] = relationship()


for _table in (Result, RecommendedBid, Intention):
    append_only(_table)
append_only(Recommendation, erasable=("reason",))
append_only(SignOff, erasable=("reason",))
append_only(IntentionWithdrawal, erasable=("reason",))
append_only(RestEnd)
append_only(Contract, erasable=("supplier_check",))

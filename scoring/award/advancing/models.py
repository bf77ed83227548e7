"""Tables of who goes on from a stage, and of what the panel decided where bids tie for it."""

import uuid
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class CutOffDecision(Identified, Base):
    """Which of the bids that tie across the line go on, and why; the latest of a tie counts.

    `tied` and `chosen` are references, in alphabetical order.
    """

    __tablename__ = "cut_off_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    # The result that had the tie.
    result_id: Mapped[uuid.UUID]
    tied: Mapped[list[str]] = mapped_column(JSON)
    chosen: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class Advance(Identified, Base):
    """The chair's proposal of who goes on from a stage, on one result, with its reason."""

    __tablename__ = "advance"
    __table_args__ = (
        ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        UniqueConstraint("id", "proposed_by_id"),
        UniqueConstraint("id", "stage_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    result_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    proposed_by: Mapped[User] = relationship()
    going_on: Mapped[list["AdvancingBid"]] = relationship(order_by="AdvancingBid.place")
    answer: Mapped["AdvanceAnswer | None"] = relationship(
        primaryjoin="Advance.id == AdvanceAnswer.advance_id",
        foreign_keys="AdvanceAnswer.advance_id",
        viewonly=True,
    )

    withdrawal: Mapped["AdvanceWithdrawal | None"] = relationship(
        primaryjoin="Advance.id == AdvanceWithdrawal.advance_id",
        foreign_keys="AdvanceWithdrawal.advance_id",
        viewonly=True,
    )

    @property
    def stands(self) -> bool:
        """Tell whether it was confirmed and not taken back."""
        return self.answer is not None and self.answer.confirmed and self.withdrawal is None

    @property
    def references(self) -> str:
        """Give the references of the bids that go on in one line, the best first."""
        return ", ".join(bid.reference for bid in self.bids)

    @property
    def bids(self) -> list[Bid]:
        """Give the bids that go on, the best first."""
        return [each.bid for each in self.going_on]


class AdvancingBid(Base):
    """A bid that goes on; `place` counts from 1 in the order of the result."""

    __tablename__ = "advancing_bid"
    __table_args__ = (
        ForeignKeyConstraint(
            ["advance_id", "stage_id"], ["advance.id", "advance.stage_id"], name="advance"
        ),
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("place >= 1", name="place"),
    )

    advance_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    stage_id: Mapped[uuid.UUID]
    place: Mapped[int]

    bid: Mapped[Bid] = relationship(
        primaryjoin="AdvancingBid.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )


class AdvanceAnswer(Base):
    """Another person's answer to a proposal: confirmed, or returned, with a reason."""

    __tablename__ = "advance_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["advance_id", "proposed_by_id"],
            ["advance.id", "advance.proposed_by_id"],
            name="advance",
        ),
        # Nobody confirms what they proposed.
        CheckConstraint("decided_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    # One answer to one proposal: two confirmations at once cannot both be kept.
    advance_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[uuid.UUID]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class AdvanceWithdrawal(Base):
    """That a confirmed list of who goes on was taken back, with its reason: it counts no more."""

    __tablename__ = "advance_withdrawal"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    # Taken back once: what follows is another list.
    advance_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("advance_answer.advance_id"), primary_key=True
    )
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime]

    withdrawn_by: Mapped[User] = relationship()


append_only(AdvancingBid)
append_only(AdvanceWithdrawal, erasable=("reason",))
append_only(CutOffDecision, erasable=("reason",))
append_only(Advance, erasable=("reason",))
append_only(AdvanceAnswer, erasable=("reason",))

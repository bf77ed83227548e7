"""Tables of complaints about a decision, of what was decided, and of proceedings in court."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.complaints.lifecycle import (
    OPEN,
    SHORT_MOST,
    CourtEnd,
    Finding,
    Standing,
    Way,
    in_time,
    standing_of,
)


class AwardComplaint(Identified, Base):
    """What a bidder says against a decision about a stage, and what it asks for.

    `number` counts from 1 in the stage. `arrived_at` is when it came, which an officer tells of one
    that came by other means, and `recorded_at` when it stood in the record. `standstill_ends_at` is
    the end of the standstill that ran then, null where none did.
    """

    __tablename__ = "award_complaint"
    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        UniqueConstraint("stage_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(grounds)) > 0", name="grounds"),
        # Whoever complains by other means is named by the officer who records it.
        CheckConstraint("(way = 'here') = (sender = '')", name="sender"),
        CheckConstraint("recorded_at >= arrived_at", name="recorded_after"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    bid_id: Mapped[uuid.UUID]
    number: Mapped[int]
    way: Mapped[Way] = mapped_column(enum_type(Way))
    sender: Mapped[str] = mapped_column(String(SHORT_MOST), default="")
    grounds: Mapped[str] = mapped_column(Text)
    asks: Mapped[str] = mapped_column(Text, default="")
    arrived_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    standstill_ends_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship(viewonly=True)
    recorded_by: Mapped[User] = relationship()
    proposals: Mapped[list["ComplaintProposal"]] = relationship(
        order_by="ComplaintProposal.id", viewonly=True
    )
    withdrawal: Mapped["ComplaintWithdrawal | None"] = relationship(viewonly=True)

    @property
    def decided(self) -> "ComplaintProposal | None":
        """Give the proposal that was confirmed, if one was."""
        return next((each for each in self.proposals if each.confirmed), None)

    @property
    def proposal(self) -> "ComplaintProposal | None":
        """Give the proposal that waits for its answer, if one does."""
        return next((each for each in self.proposals if each.answer is None), None)

    @property
    def standing(self) -> Standing:
        """Give how far it has come."""
        return standing_of(
            taken_back=self.withdrawal is not None,
            proposed=self.proposal is not None,
            decided=self.decided is not None,
        )

    def open_since(self, told_at: datetime) -> bool:
        """Tell whether it is not settled, and about the decision that was told at `told_at`."""
        return self.recorded_at >= told_at and self.standing in OPEN

    @property
    def in_time(self) -> bool | None:
        """Tell whether it arrived before the standstill ended; None where none ran."""
        return in_time(self.arrived_at, self.standstill_ends_at)


class ComplaintProposal(Identified, Base):
    """What an officer proposes to decide about a complaint, and why; its bidder reads the reason
    once it is confirmed."""

    __tablename__ = "complaint_proposal"
    __table_args__ = (
        UniqueConstraint("id", "proposed_by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    complaint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("award_complaint.id"), index=True)
    finding: Mapped[Finding] = mapped_column(enum_type(Finding))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    proposed_by: Mapped[User] = relationship()
    answer: Mapped["ComplaintAnswer | None"] = relationship(
        primaryjoin="ComplaintProposal.id == ComplaintAnswer.proposal_id",
        foreign_keys="ComplaintAnswer.proposal_id",
        uselist=False,
        viewonly=True,
    )

    @property
    def confirmed(self) -> bool:
        """Tell whether it was confirmed."""
        return self.answer is not None and self.answer.confirmed


class ComplaintAnswer(Base):
    """An approver's answer to a proposal: confirmed, or returned, with a reason."""

    __tablename__ = "complaint_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "proposed_by_id"],
            ["complaint_proposal.id", "complaint_proposal.proposed_by_id"],
            name="proposal",
        ),
        # Nobody confirms what they proposed.
        CheckConstraint("answered_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    # One answer to one proposal.
    proposal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[uuid.UUID]
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


class ComplaintWithdrawal(Base):
    """That whoever complained here took the complaint back."""

    __tablename__ = "complaint_withdrawal"

    complaint_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("award_complaint.id"), primary_key=True
    )
    withdrawn_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime]

    withdrawn_by: Mapped[User] = relationship()


class CourtProceedings(Identified, Base):
    """That a decision about a stage was taken to court; `number` counts from 1 in the stage."""

    __tablename__ = "court_proceedings"
    __table_args__ = (
        UniqueConstraint("stage_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(court)) > 0", name="court"),
        CheckConstraint("length(trim(reference)) > 0", name="reference"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    number: Mapped[int]
    served_on: Mapped[date]
    court: Mapped[str] = mapped_column(String(SHORT_MOST))
    reference: Mapped[str] = mapped_column(String(SHORT_MOST))
    about: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
    ends: Mapped[list["ProceedingsEnd"]] = relationship(order_by="ProceedingsEnd.id", viewonly=True)

    @property
    def ended(self) -> "ProceedingsEnd | None":
        """Give the end that two people recorded, if they did."""
        return next((each for each in self.ends if each.answer and each.answer.confirmed), None)

    @property
    def set_aside_at(self) -> datetime | None:
        """Give when it was confirmed that the court set the decision aside; None where it did
        not."""
        ended = self.ended
        if ended is None or ended.how is not CourtEnd.INEFFECTIVE or ended.answer is None:
            return None
        return ended.answer.answered_at

    @property
    def end(self) -> "ProceedingsEnd | None":
        """Give the end that waits for a second person, if one does."""
        return next((each for each in self.ends if each.answer is None), None)


class ProceedingsEnd(Identified, Base):
    """How proceedings ended, on which day, and what shows it; a second person confirms it."""

    __tablename__ = "proceedings_end"
    __table_args__ = (
        UniqueConstraint("id", "recorded_by_id"),
        CheckConstraint("length(trim(evidence)) > 0", name="evidence"),
    )

    proceedings_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("court_proceedings.id"), index=True
    )
    how: Mapped[CourtEnd] = mapped_column(enum_type(CourtEnd))
    ended_on: Mapped[date]
    evidence: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
    answer: Mapped["ProceedingsEndAnswer | None"] = relationship(
        primaryjoin="ProceedingsEnd.id == ProceedingsEndAnswer.end_id",
        foreign_keys="ProceedingsEndAnswer.end_id",
        uselist=False,
        viewonly=True,
    )


class ProceedingsEndAnswer(Base):
    """A second person's answer to a recorded end: confirmed, or returned, with a reason."""

    __tablename__ = "proceedings_end_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["end_id", "recorded_by_id"],
            ["proceedings_end.id", "proceedings_end.recorded_by_id"],
            name="recorded_end",
        ),
        # Signing goes on only when two people have said so.
        CheckConstraint("answered_by_id <> recorded_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    end_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    recorded_by_id: Mapped[uuid.UUID]
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


append_only(ComplaintWithdrawal)
append_only(ComplaintProposal, erasable=("reason",))
append_only(ComplaintAnswer, erasable=("reason",))
append_only(CourtProceedings, erasable=("about",))
append_only(ProceedingsEnd, erasable=("evidence",))
append_only(ProceedingsEndAnswer, erasable=("reason",))
append_only(AwardComplaint, erasable=("grounds", "asks", "sender"))

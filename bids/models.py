"""Tables of eligibility, bids, submissions and openings."""

import uuid
from datetime import datetime
from enum import StrEnum

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

from bids.lifecycle import BidState
from challenges.models import Challenge, Criterion, Stage
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class EligibilityDeclaration(Identified, Base):
    """What a supplier declares about itself, once for all bids until it expires.

    Each ground is true where it applies (a "yes" in the law's sense); `put_right` then says what
    was done. Money in minor units of sterling.
    """

    __tablename__ = "eligibility_declaration"
    __table_args__ = (
        CheckConstraint("staff >= 0", name="staff"),
        CheckConstraint("turnover_minor >= 0", name="turnover"),
        # A "yes" says what was done to put it right.
        CheckConstraint(
            "NOT (mandatory_ground OR discretionary_ground OR tax_ground) "
            "OR length(trim(put_right)) > 0",
            name="put_right",
        ),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    declared_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mandatory_ground: Mapped[bool]
    discretionary_ground: Mapped[bool]
    tax_ground: Mapped[bool]
    put_right: Mapped[str] = mapped_column(Text, default="")
    staff: Mapped[int]
    turnover_minor: Mapped[int] = mapped_column(BigInteger)
    balance_minor: Mapped[int] = mapped_column(BigInteger)

    supplier: Mapped[Organisation] = relationship()
    declared_by: Mapped[User] = relationship()


class Bid(Identified, Base):
    """A supplier's answer to one stage: its draft, and which submission counts."""

    __tablename__ = "bid"
    __table_args__ = (
        UniqueConstraint("stage_id", "supplier_id"),
        UniqueConstraint("id", "stage_id"),  # lets a recommendation tie a bid to its stage
        ForeignKeyConstraint(
            ["stage_id", "challenge_id"], ["stage.id", "stage.challenge_id"], name="stage"
        ),
        # The submission that counts is one of this bid's own, and at most one.
        ForeignKeyConstraint(
            ["id", "current_version"],
            ["submission.bid_id", "submission.version"],
            name="current_submission",
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR current_version IS NOT NULL",
            name="submitted_has_version",
        ),
        CheckConstraint("price_minor >= 0", name="price"),
    )

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    stage_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[BidState] = mapped_column(enum_type(BidState), default=BidState.DRAFT)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    price_minor: Mapped[int | None] = mapped_column(BigInteger)
    contract_accepted: Mapped[bool | None]
    contract_points: Mapped[str] = mapped_column(Text, default="")
    ai_statement: Mapped[str] = mapped_column(Text, default="")
    current_version: Mapped[int | None]
    row_version: Mapped[int] = mapped_column()

    challenge: Mapped[Challenge] = relationship(foreign_keys=[challenge_id], viewonly=True)
    stage: Mapped[Stage] = relationship(
        primaryjoin="Bid.stage_id == Stage.id", foreign_keys=[stage_id], viewonly=True
    )
    supplier: Mapped[Organisation] = relationship()
    answers: Mapped[list["BidAnswer"]] = relationship(cascade="all, delete-orphan")
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="bid",
        order_by="Submission.version",
        primaryjoin="Bid.id == Submission.bid_id",
        foreign_keys="Submission.bid_id",
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)


class BidAnswer(Base):
    """The draft answer to one criterion's question."""

    __tablename__ = "bid_answer"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text, default="")

    criterion: Mapped[Criterion] = relationship()


class Submission(Identified, Base):
    """One submitted version of a bid, complete: the canonical bytes of a `bid/1` document.

    `arrived_at` is when the service began to handle the complete request, `recorded_at` the
    instant of its log entry `entry_n`. `receipt` is the text of its `receipt/1`, unsigned: the
    log's key signs it whenever it is shown.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("bid_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    version: Mapped[int]
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    arrived_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), unique=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    receipt: Mapped[str] = mapped_column(Text)

    bid: Mapped[Bid] = relationship(back_populates="submissions", foreign_keys=[bid_id])
    submitted_by: Mapped[User] = relationship()


class OpeningConfirmation(Base):
    """That one officer has confirmed the opening of a stage's bids."""

    __tablename__ = "opening_confirmation"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    confirmed_at: Mapped[datetime]

    officer: Mapped[User] = relationship()


class Opening(Base):
    """That a stage's bids were opened, and by which two officers."""

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("first_officer_id <> second_officer_id", name="two_officers"),
        ForeignKeyConstraint(
            ["stage_id", "first_officer_id"],
            ["opening_confirmation.stage_id", "opening_confirmation.officer_id"],
            name="first_confirmed",
        ),
        ForeignKeyConstraint(
            ["stage_id", "second_officer_id"],
            ["opening_confirmation.stage_id", "opening_confirmation.officer_id"],
            name="second_confirmed",
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    opened_at: Mapped[datetime]
    first_officer_id: Mapped[uuid.UUID]
    second_officer_id: Mapped[uuid.UUID]


class EligibilityFinding(StrEnum):
    """What an officer finds about an opened bid."""

    VALID = "valid"
    INELIGIBLE = "ineligible"
    EXCLUDED = "excluded"


class EligibilityDecision(Identified, Base):
    """An officer's finding about an opened bid, with its reason; the latest counts."""

    __tablename__ = "eligibility_decision"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    finding: Mapped[EligibilityFinding] = mapped_column(enum_type(EligibilityFinding))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


for _table in (
    EligibilityDeclaration,
    Submission,
    Opening,
    OpeningConfirmation,
    EligibilityDecision,
):
    append_only(_table)

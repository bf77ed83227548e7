"""Tables of evidence that preferred bidders were asked for, and of what an officer looked up.

Every row stays as it was written: what was asked, given and decided is told by the rows together.
"""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.evidence.kinds import Evidence
from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.evidence.kinds import Concern, Verdict


def _of_the_preferred() -> ForeignKeyConstraint:
    """Tie a row to a bid that was recommended: nobody else is asked for anything."""
    return ForeignKeyConstraint(
        ["recommendation_id", "bid_id"],
        ["recommended_bid.recommendation_id", "recommended_bid.bid_id"],
        name="recommended",
    )


class EvidenceRequest(Identified, Base):
    """A document that a preferred bidder was asked for; `number` counts within its bid.

    `answer_by` is the first limit; `extensions` may have moved it. `beyond` says why it is asked
    for though a check of such a document is in force. `replaces_id` is the refused one that this
    one asks for again.
    """

    __tablename__ = "evidence_request"
    __table_args__ = (
        _of_the_preferred(),
        UniqueConstraint("bid_id", "number"),
        UniqueConstraint("replaces_id"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(document)) > 0", name="document"),
        CheckConstraint("replaces_id IS NULL OR replaces_id <> id", name="another"),
    )

    recommendation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column()
    number: Mapped[int]
    kind: Mapped[Evidence] = mapped_column(enum_type(Evidence))
    document: Mapped[str] = mapped_column(String(200))
    says: Mapped[str] = mapped_column(Text)
    beyond: Mapped[str | None] = mapped_column(Text)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence_request.id"))
    answer_by: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="EvidenceRequest.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    asked_by: Mapped[User] = relationship()
    extensions: Mapped[list["EvidenceExtension"]] = relationship(
        order_by="EvidenceExtension.extended_at", viewonly=True
    )
    answers: Mapped[list["EvidenceAnswer"]] = relationship(
        order_by="EvidenceAnswer.given_at, EvidenceAnswer.id", viewonly=True
    )
    decision: Mapped["EvidenceDecision | None"] = relationship(viewonly=True)

    @property
    def limit(self) -> datetime:
        """Give the limit that holds now."""
        return self.extensions[-1].limit_to if self.extensions else self.answer_by


class EvidenceExtension(Identified, Base):
    """That a bidder got more time for a document, and why."""

    __tablename__ = "evidence_extension"
    __table_args__ = (
        CheckConstraint("length(trim(because)) > 0", name="because"),
        CheckConstraint("limit_to > limit_from", name="longer"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_request.id"), index=True)
    limit_from: Mapped[datetime]
    limit_to: Mapped[datetime]
    because: Mapped[str] = mapped_column(Text)
    extended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    extended_at: Mapped[datetime]


class EvidenceAnswer(Identified, Base):
    """What came in for a document: a file, or words that say where it is, or both.

    The file is encrypted, as is what it is called (`sealed`, under the key `key_id`). Neither the
    key nor the stored bytes are tied to this row: once both are destroyed the row tells that there
    was a file, and its digest. `received_at` is when it came in some other way and an officer
    recorded it.
    """

    __tablename__ = "evidence_answer"
    __table_args__ = (
        CheckConstraint(
            "(sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (stored_sha256 IS NULL) "
            "AND (sealed IS NULL) = (file_sha256 IS NULL)",
            name="file_whole",
        ),
        CheckConstraint("sealed IS NOT NULL OR length(trim(note)) > 0", name="something"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_request.id"), index=True)
    note: Mapped[str] = mapped_column(Text)
    key_id: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime | None]
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    given_at: Mapped[datetime]

    given_by: Mapped[User] = relationship()


class EvidenceDecision(Base):
    """What an officer made of a document, once; `check_id` is the check that it was kept as."""

    __tablename__ = "evidence_decision"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    request_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("evidence_request.id"), primary_key=True
    )
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    reason: Mapped[str] = mapped_column(Text)
    check_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("evidence_check.id"))
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class DueDiligence(Identified, Base):
    """What an officer looked up about a preferred bidder: what, where, and what came of it."""

    __tablename__ = "due_diligence"
    __table_args__ = (
        _of_the_preferred(),
        CheckConstraint("length(trim(subject)) > 0", name="subject"),
        CheckConstraint("length(trim(source)) > 0", name="source"),
        CheckConstraint("length(trim(result)) > 0", name="result"),
    )

    recommendation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(500))
    concern: Mapped[Concern] = mapped_column(enum_type(Concern))
    result: Mapped[str] = mapped_column(Text)
    noted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    noted_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="DueDiligence.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    noted_by: Mapped[User] = relationship()


class PreferredFailure(Base):
    """That a preferred bidder cannot have the contract after all, and why."""

    __tablename__ = "preferred_failure"
    __table_args__ = (
        _of_the_preferred(),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    recommendation_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    failed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    failed_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship(
        primaryjoin="PreferredFailure.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    failed_by: Mapped[User] = relationship()


append_only(EvidenceRequest, erasable=("says", "beyond"))
append_only(EvidenceExtension, erasable=("because",))
append_only(PreferredFailure, erasable=("reason",))
append_only(EvidenceAnswer, erasable=("note",))
append_only(EvidenceDecision, erasable=("reason",))
append_only(DueDiligence, erasable=("result",))

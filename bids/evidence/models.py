"""Tables of checked evidence: the check, its withdrawal, and the supplier's leave to show it."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.evidence.kinds import Evidence
from bids.models import Bid
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class EvidenceCheck(Identified, Base):
    """That an officer of a body saw a document of a supplier, and what it said.

    `valid_until` is the last day on which it holds, None where it has no end. `file_sha256` is the
    digest of the document's file; the file itself stays where the body keeps its records.
    """

    __tablename__ = "evidence_check"
    __table_args__ = (
        CheckConstraint("length(trim(document)) > 0", name="document"),
        CheckConstraint("length(trim(seen)) > 0", name="seen"),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    kind: Mapped[Evidence] = mapped_column(enum_type(Evidence))
    document: Mapped[str] = mapped_column(String(200))
    seen: Mapped[str] = mapped_column(Text)
    valid_until: Mapped[date | None] = mapped_column(Date)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    checked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    checked_at: Mapped[datetime]

    bid: Mapped[Bid] = relationship()
    body: Mapped[Organisation] = relationship(foreign_keys=[body_id])
    checked_by: Mapped[User] = relationship()
    withdrawal: Mapped["EvidenceWithdrawal | None"] = relationship()


class EvidenceWithdrawal(Base):
    """That a body no longer stands by a check, and why. The check itself stays in the record."""

    __tablename__ = "evidence_withdrawal"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_check.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime]


class EvidenceSharing(Identified, Base):
    """That a supplier lets other bodies see a check, or no longer; the latest row counts."""

    __tablename__ = "evidence_sharing"

    check_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("evidence_check.id"), index=True)
    shared: Mapped[bool]
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


append_only(EvidenceSharing)
append_only(EvidenceCheck, erasable=("seen",))
append_only(EvidenceWithdrawal, erasable=("reason",))

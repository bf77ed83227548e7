"""Table of the passport's answers."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.passport.kinds import Subject
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class PassportAnswer(Identified, Base):
    """One answer of a supplier to one subject. The newest counts; older ones stay as they are.

    `values` are those of `bids.passport.answers`.
    """

    __tablename__ = "passport_answer"
    __table_args__ = (
        Index("passport_answer_newest", "supplier_id", "subject", "answered_at"),
        CheckConstraint("expires_at > answered_at", name="expires_later"),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    subject: Mapped[Subject] = mapped_column(enum_type(Subject))
    values: Mapped[dict[str, Any]] = mapped_column(JSON)
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


append_only(PassportAnswer)

"""Tables of the passport's answers, and of what registers said of them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.passport.compared import Outcome, Register, Status
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


class RegisterReading(Identified, Base):
    """What a public register said of a supplier's number when it was asked.

    Kept so that no page has to ask. The newest of the number that stands counts; a number that
    was changed since has another reading, or none yet. `name`, `status` and `address` are there
    where the number was found.
    """

    __tablename__ = "register_reading"
    __table_args__ = (
        Index("register_reading_newest", "supplier_id", "number", "asked_at"),
        CheckConstraint("(outcome = 'found') = (name IS NOT NULL)", name="name"),
        CheckConstraint("(outcome = 'found') = (status IS NOT NULL)", name="status_given"),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    register: Mapped[Register] = mapped_column(enum_type(Register))
    number: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    asked_at: Mapped[datetime]
    name: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[Status | None] = mapped_column(enum_type(Status))
    address: Mapped[str | None] = mapped_column(Text)


append_only(RegisterReading)

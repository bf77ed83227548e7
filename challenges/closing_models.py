"""Tables of who may open a stage's bids, and of a closing that was moved."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.kinds import DeadlineOutcome
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class OpeningOfficer(Base):
    """A procurement officer who was named as one of those who may open a stage's bids."""

    __tablename__ = "opening_officer"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
    named_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    named_at: Mapped[datetime]

    officer: Mapped[User] = relationship(foreign_keys=[officer_id])


class DeadlineChange(Identified, Base):
    """One officer's proposal that a stage closes later, and what a second officer made of it.

    `closes_from` is the closing instant that held when it was proposed. `after_closing` says that
    bids had closed by then: the service had been down, and the stage is opened again for all alike.
    """

    __tablename__ = "deadline_change"
    __table_args__ = (
        # A deadline is never brought forward: somebody may be counting on it.
        CheckConstraint("closes_to > closes_from", name="later"),
        CheckConstraint("decided_by_id <> proposed_by_id", name="two_officers"),
        CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL) "
            "AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        Index(
            "uq_deadline_change_waiting",
            "stage_id",
            unique=True,
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    closes_from: Mapped[datetime]
    closes_to: Mapped[datetime]
    after_closing: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[DeadlineOutcome | None] = mapped_column(enum_type(DeadlineOutcome))

    proposed_by: Mapped[User] = relationship(foreign_keys=[proposed_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])


append_only(OpeningOfficer)

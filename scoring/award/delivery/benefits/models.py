"""Tables of what the work achieved, as measured some months after its end."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class BenefitReview(Identified, Base):
    """What was measured so many `months` after the work's end; the newest edition of each counts.

    `published`: everybody reads it; else the body's own people alone.
    """

    __tablename__ = "benefit_review"
    __table_args__ = (
        UniqueConstraint("challenge_id", "months", "edition"),
        CheckConstraint("months > 0", name="months"),
        CheckConstraint("edition >= 1", name="edition"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    months: Mapped[int]
    edition: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    lessons: Mapped[str] = mapped_column(Text)
    published: Mapped[bool]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
    values: Mapped[list["BenefitValue"]] = relationship(order_by="BenefitValue.place")


class BenefitValue(Base):
    """One measure of a review: before the work, and now, in the body's own words."""

    __tablename__ = "benefit_value"
    __table_args__ = (
        CheckConstraint("place >= 1", name="place"),
        CheckConstraint("length(trim(measure)) > 0", name="measure"),
        CheckConstraint("length(trim(now)) > 0", name="now"),
    )

    review_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("benefit_review.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(String(500))
    before: Mapped[str] = mapped_column(String(200))
    now: Mapped[str] = mapped_column(String(200))


for _table in (BenefitReview, BenefitValue):
    append_only(_table)

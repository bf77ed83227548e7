"""The table of masked words."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class AnswerMask(Identified, Base):
    """Words that the panel does not read in a bid's answers. The answers themselves stay as they
    were submitted."""

    __tablename__ = "answer_mask"
    __table_args__ = (
        UniqueConstraint("bid_id", "words"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    words: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    masked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    masked_at: Mapped[datetime]

    masked_by: Mapped[User] = relationship()


append_only(AnswerMask, erasable=("words", "reason"))

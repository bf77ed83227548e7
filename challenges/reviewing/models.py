"""The table of comments on the sections of a draft."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified


class ReviewComment(Identified, Base):
    """A comment on a section, or a reply to one; only the first of a thread is resolved."""

    __tablename__ = "review_comment"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="text"),
        CheckConstraint("parent_id IS NULL OR resolved_at IS NULL", name="threads_are_resolved"),
        CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)", name="resolved_by_somebody"
        ),
        Index("ix_review_comment_challenge_id_section", "challenge_id", "section"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    # As text: a section that no longer exists keeps what was said about it.
    section: Mapped[str] = mapped_column(String(40))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("review_comment.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]
    resolved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    resolved_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    resolved_by: Mapped[User | None] = relationship(foreign_keys=[resolved_by_id])
    replies: Mapped[list["ReviewComment"]] = relationship(order_by="ReviewComment.id")

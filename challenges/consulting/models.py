"""Tables of drafts under public comment, and of what people said about them."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.topics import Topic
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base, Identified, enum_type


class Consultation(Base):
    """That a draft is or was open for public comment, once; it can be extended and closed early."""

    __tablename__ = "consultation"
    __table_args__ = (CheckConstraint("ends_at >= opened_at", name="ends_after_opening"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    opened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    opened_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)


class DraftComment(Identified, Base):
    """What somebody said about a draft in public, with the body's reply.

    The name and the organisation are shown only where the person chose so. A comment the body hides
    keeps its text, with the reason, for its author and the record.
    """

    __tablename__ = "draft_comment"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="text"),
        CheckConstraint("(hidden_at IS NULL) = (hidden_because IS NULL)", name="hidden_has_reason"),
        CheckConstraint("(reply IS NULL) = (replied_at IS NULL)", name="reply_is_dated"),
        Index("ix_draft_comment_challenge_id_id", "challenge_id", "id"),
        Index("ix_draft_comment_by_id_at", "by_id", "at"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("consultation.challenge_id"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    named: Mapped[bool]
    at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_because: Mapped[str | None] = mapped_column(Text)
    reply: Mapped[str | None] = mapped_column(Text)
    replied_at: Mapped[datetime | None]

    by: Mapped[User] = relationship(foreign_keys=[by_id])
    organisation: Mapped[Organisation | None] = relationship()

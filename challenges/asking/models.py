"""Tables of questions and answers: what was asked, the answer to all, and its versions."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.topics import Topic
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class ClarificationAnswer(Identified, Base):
    """An answer to one question or several: a draft, then published to all, or to the asker alone.

    `text` is what holds now; once published its versions hold every wording. A private answer has
    the reason why, and no number: a gap in the numbers would tell that there was one.
    """

    __tablename__ = "clarification_answer"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)", name="published_whole"
        ),
        CheckConstraint(
            "(number IS NOT NULL) = (published_at IS NOT NULL AND private_because IS NULL)",
            name="numbered_for_all",
        ),
        CheckConstraint("length(trim(private_because)) > 0", name="private_reason"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    number: Mapped[int | None]
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    text: Mapped[str] = mapped_column(Text)
    private_because: Mapped[str | None] = mapped_column(Text)
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    written_at: Mapped[datetime]
    published_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime | None]
    # When followers and bidders were told of what holds now; nobody is told of a private answer.
    told_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column()

    questions: Mapped[list["Clarification"]] = relationship(
        back_populates="answer", order_by="(Clarification.asked_at, Clarification.id)"
    )
    versions: Mapped[list["ClarificationVersion"]] = relationship(
        order_by="ClarificationVersion.version.desc()"
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)


class Clarification(Identified, Base):
    """A question of a supplier's, as it was asked. `text` is never changed.

    `wording` is what the public reads in its place, where the question itself tells who asked.
    The body is told the supplier only where the asker has chosen so (`names_supplier`); the public
    never.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="text"),
        CheckConstraint("(wording IS NULL) = (worded_by_id IS NULL)", name="wording_by_somebody"),
        Index("ix_clarification_challenge_id_answer_id", "challenge_id", "answer_id"),
        Index("ix_clarification_supplier_id_challenge_id", "supplier_id", "challenge_id"),
        Index("ix_clarification_asked_by_id_asked_at", "asked_by_id", "asked_at"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    text: Mapped[str] = mapped_column(Text)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    names_supplier: Mapped[bool]
    wording: Mapped[str | None] = mapped_column(Text)
    worded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answer_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("clarification_answer.id"), index=True
    )
    reminded_at: Mapped[datetime | None]

    answer: Mapped[ClarificationAnswer | None] = relationship(back_populates="questions")
    supplier: Mapped[Organisation] = relationship()

    @property
    def public_text(self) -> str:
        """Give the question as everybody may read it."""
        return self.wording or self.text


class ClarificationVersion(Base):
    """One wording of a published answer; every one after the first says why it was corrected."""

    __tablename__ = "clarification_version"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("(version = 1) = (because IS NULL)", name="correction_has_reason"),
    )

    answer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("clarification_answer.id"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    because: Mapped[str | None] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    at: Mapped[datetime]


append_only(ClarificationVersion)

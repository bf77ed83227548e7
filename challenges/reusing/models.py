"""Tables of who adopts a result, who wrote to whom, and from what a draft was taken."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation
from marketplace.core.database import Base, Identified


class Adoption(Base):
    """That a body wants to use what came out of another body's challenge."""

    __tablename__ = "adoption"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    body_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    interest: Mapped[str] = mapped_column(Text)
    registered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    registered_at: Mapped[datetime]

    body: Mapped[Organisation] = relationship()


class ContactMessage(Identified, Base):
    """A message that was sent to the lead body of a challenge through the site."""

    __tablename__ = "contact_message"
    # How many somebody sent within a day is counted before another is sent.
    __table_args__ = (Index("ix_contact_message_sender", "sent_by_id", "sent_at"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    sent_at: Mapped[datetime]
    text: Mapped[str] = mapped_column(Text)


class DrawnFrom(Base):
    """That a draft began as a copy of a published challenge."""

    __tablename__ = "drawn_from"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    source_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)

    source: Mapped[Challenge] = relationship(foreign_keys=[source_id])

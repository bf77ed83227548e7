"""Tables of what other bodies wrote about a draft, and of bodies that were connected."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base, Identified


class PartnerMessage(Identified, Base):
    """What somebody of another body wrote to the lead of a draft that is open to partners."""

    __tablename__ = "partner_message"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="text"),
        Index("ix_partner_message_challenge_id_at", "challenge_id", "at"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    by: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()


class PartnerConnection(Base):
    """That a facilitator told the body of a draft and another body of each other."""

    __tablename__ = "partner_connection"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True
    )
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship()

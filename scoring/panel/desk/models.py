"""The table of private notes."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class PrivateNote(Base):
    """What an evaluator notes for themselves beside a score: nobody else ever sees it.

    It is in no record and no report, and is deleted when quality is locked.
    """

    __tablename__ = "private_note"
    __table_args__ = (CheckConstraint("length(trim(text)) > 0", name="text"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime]

"""The table of when each bid's people are reminded next."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class ClosingReminder(Base):
    """When to look at a bid's draft next; nothing where nobody is reminded of it any more.

    A job for another instant is an older one, and does nothing. What was told and when to look
    next are written together, so that nobody is told twice.
    """

    __tablename__ = "closing_reminder"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    due_at: Mapped[datetime | None]

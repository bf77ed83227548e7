"""The table of local holidays."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class LocalHoliday(Identified, Base):
    """That a body named a day as its holiday, or took that back: the last of a day counts.

    `number` counts what was said of one day, from 1. Nothing is changed: when a standstill was
    worked out it went by what stood here then.
    """

    __tablename__ = "local_holiday"
    __table_args__ = (
        UniqueConstraint("organisation_id", "day", "number"),
        CheckConstraint("number >= 1", name="number"),
    )

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    day: Mapped[date]
    number: Mapped[int]
    name: Mapped[str] = mapped_column(String(100))
    holds: Mapped[bool]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


append_only(LocalHoliday)

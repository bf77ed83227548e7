"""Tables of due days and of the reminders that were sent."""

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, Identified, enum_type
from scoring.panel.reminding.lifecycle import Step


class PanelDue(Base):
    """The day by which the members of a stage's panel have done a step: a wish, not a limit."""

    __tablename__ = "panel_due"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), primary_key=True)
    step: Mapped[Step] = mapped_column(enum_type(Step), primary_key=True)
    due_on: Mapped[date]


class PanelReminder(Identified, Base):
    """That a member was reminded; `sent_on` is the day in Europe/London."""

    __tablename__ = "panel_reminder"
    __table_args__ = (UniqueConstraint("member_id", "sent_on"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"))
    sent_on: Mapped[date]
    sent_at: Mapped[datetime]
    sent_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

"""Tables of what a panel judges again, and of agreed scores that stand no longer for it."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.panel.again.lifecycle import Point


class PanelReopening(Identified, Base):
    """That a panel judges again from a point, because the decision on its scores was taken back.

    `named` are the keys of the questions it is about. Prices and, where they were withheld, names
    had been shown since `locked_at`, and nothing can take that back: the record says so.
    """

    __tablename__ = "panel_reopening"
    __table_args__ = (
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("point <> 'recommendation'", name="judged_again"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), index=True)
    point: Mapped[Point] = mapped_column(enum_type(Point))
    named: Mapped[list[str]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    moderation_began_at: Mapped[datetime]
    locked_at: Mapped[datetime]
    reopened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reopened_at: Mapped[datetime]


class AgreedAgain(Base):
    """An agreed score that stands no longer, because it is agreed again."""

    __tablename__ = "agreed_again"

    consensus_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("consensus_score.id"), primary_key=True
    )
    reopening_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_reopening.id"), index=True)


append_only(AgreedAgain)
append_only(PanelReopening, erasable=("reason",))

"""Tables of the trial; nothing of a result is ever made from them."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.database import Base, ExactDecimal
from scoring.panel.models import PanelMember


class TrialExample(Base):
    """The example answer that evaluators of a stage score before they score any bid."""

    __tablename__ = "trial_example"
    __table_args__ = (CheckConstraint("length(trim(text)) > 0", name="text"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"))
    text: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]


class TrialScore(Base):
    """What one evaluator gave the example, once."""

    __tablename__ = "trial_score"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("length(trim(rationale)) > 0", name="rationale"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    value: Mapped[Decimal] = mapped_column(ExactDecimal(3))
    rationale: Mapped[str] = mapped_column(Text)
    scored_at: Mapped[datetime]

    member: Mapped[PanelMember] = relationship()

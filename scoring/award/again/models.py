"""Tables of proposals to take a decision again, and of their answers."""

import uuid
from datetime import datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.advancing.models import Advance
from scoring.award.complaints.models import AwardComplaint
from scoring.award.models import Recommendation
from scoring.panel.again.lifecycle import Point


class Reconsideration(Identified, Base):
    """A proposal to take the decision that rests on a recommendation again, or on a list of who
    goes on, from a point.

    `named` are the keys of the questions that are judged again; `complaint_id` the complaint that
    it follows, if it follows one. Without a point nothing is decided again: what is not signed ends
    without award, and what is signed stands.
    """

    __tablename__ = "reconsideration"
    __table_args__ = (
        ForeignKeyConstraint(
            ["recommendation_id", "stage_id"],
            ["recommendation.id", "recommendation.stage_id"],
            name="recommendation",
        ),
        ForeignKeyConstraint(
            ["advance_id", "stage_id"], ["advance.id", "advance.stage_id"], name="advance"
        ),
        CheckConstraint("(recommendation_id IS NULL) <> (advance_id IS NULL)", name="of_one"),
        CheckConstraint("advance_id IS NULL OR point IS NOT NULL", name="list_from_a_point"),
        UniqueConstraint("id", "proposed_by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    recommendation_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    advance_id: Mapped[uuid.UUID | None] = mapped_column(index=True)
    point: Mapped[Point | None] = mapped_column(enum_type(Point))
    named: Mapped[list[str]] = mapped_column(JSON)
    complaint_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("award_complaint.id"))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    recommendation: Mapped[Recommendation | None] = relationship(
        foreign_keys=[recommendation_id, stage_id], viewonly=True
    )
    advance: Mapped[Advance | None] = relationship(
        foreign_keys=[advance_id, stage_id], viewonly=True
    )
    complaint: Mapped[AwardComplaint | None] = relationship()
    proposed_by: Mapped[User] = relationship()
    answer: Mapped["ReconsiderationAnswer | None"] = relationship(
        primaryjoin="Reconsideration.id == ReconsiderationAnswer.reconsideration_id",
        foreign_keys="ReconsiderationAnswer.reconsideration_id",
        uselist=False,
        viewonly=True,
    )

    @property
    def decided(self) -> Recommendation | Advance:
        """Give what it is about: whom an award was for, or who was to go on."""
        found = self.recommendation or self.advance
        assert found is not None  # the table says so
        return found

    @property
    def ends_rest(self) -> bool:
        """Tell whether it is that what is not signed ends without award."""
        return self.point is None

    @property
    def confirmed(self) -> bool:
        """Tell whether another person confirmed it."""
        return self.answer is not None and self.answer.confirmed


class ReconsiderationAnswer(Base):
    """An approver's answer: the decision is taken again, or stands, with a reason."""

    __tablename__ = "reconsideration_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["reconsideration_id", "proposed_by_id"],
            ["reconsideration.id", "reconsideration.proposed_by_id"],
            name="reconsideration",
        ),
        # Nobody confirms what they proposed.
        CheckConstraint("answered_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    reconsideration_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[uuid.UUID]
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


append_only(Reconsideration, erasable=("reason",))
append_only(ReconsiderationAnswer, erasable=("reason",))

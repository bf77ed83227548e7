"""Tables of awards that a committee decides, and of what it decided."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.committee.kinds import Outcome


class AwardRoute(Identified, Base):
    """Who decides the award of a stage from now on: a committee by its name, or a person where the
    name is empty. The latest row counts.

    `exemption` names the ground on which the annex of the paper is kept from the public.
    """

    __tablename__ = "award_route"
    __table_args__ = (
        CheckConstraint("(committee = '') = (exemption = '')", name="ground_of_committee"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    committee: Mapped[str] = mapped_column(String(200))
    exemption: Mapped[str] = mapped_column(String(40))
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]

    set_by: Mapped[User] = relationship()


class CommitteeDecision(Identified, Base):
    """What a committee decided about a recommendation, as an approver recorded it.

    One that approves or returns has a sign-off beside it, made at the same instant; one that puts
    the matter off has none. `sealed` says how the minute's file is called and what opens it, under
    the key `key_id`, as with evidence of a preferred bidder.
    """

    __tablename__ = "committee_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["recommendation_id", "recommended_by_id"],
            ["recommendation.id", "recommendation.recommended_by_id"],
            name="recommendation",
        ),
        # Nobody records the decision about what they recommended.
        CheckConstraint("recorded_by_id <> recommended_by_id", name="another_person"),
        CheckConstraint("length(trim(committee)) > 0", name="committee"),
        CheckConstraint("length(trim(minute)) > 0", name="minute"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
        CheckConstraint(
            "(sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (stored_sha256 IS NULL) "
            "AND (sealed IS NULL) = (file_sha256 IS NULL)",
            name="file_whole",
        ),
    )

    recommendation_id: Mapped[uuid.UUID] = mapped_column(index=True)
    recommended_by_id: Mapped[uuid.UUID]
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    committee: Mapped[str] = mapped_column(String(200))
    met_on: Mapped[date] = mapped_column(Date)
    minute: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)
    key_id: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


append_only(AwardRoute)
append_only(CommitteeDecision, erasable=("words",))

"""The table of people who are asked onto a panel by e-mail."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Stage
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified, enum_type
from scoring.panel.inviting.lifecycle import NAME_MOST, Standing, standing_of
from scoring.panel.models import Expertise, PanelMember, Seat

_WAITING = "accepted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL"


class PanelInvitation(Identified, Base):
    """That somebody with this address is asked to sit on a stage's panel.

    `replaces` is the member whose place they would take, if any. `member` is the seat that came of
    it. Of the three ends one happens at most; what ended is never begun again.
    """

    __tablename__ = "panel_invitation"
    __table_args__ = (
        Index(
            "uq_panel_invitation_waiting",
            "stage_id",
            "email",
            unique=True,
            sqlite_where=text(_WAITING),
            postgresql_where=text(_WAITING),
        ),
        CheckConstraint("seat <> 'chair'", name="no_chair"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("(accepted_at IS NULL) = (member_id IS NULL)", name="accepted_whole"),
        CheckConstraint(
            "(CASE WHEN accepted_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN declined_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name="ends_once",
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    name: Mapped[str] = mapped_column(String(NAME_MOST))
    seat: Mapped[Seat] = mapped_column(enum_type(Seat))
    expertise: Mapped[Expertise] = mapped_column(enum_type(Expertise))
    reason: Mapped[str] = mapped_column(Text)
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel_member.id"))
    invited_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    member_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("panel_member.id"), unique=True)
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    stage: Mapped[Stage] = relationship(
        primaryjoin="foreign(PanelInvitation.stage_id) == Stage.id", viewonly=True
    )
    invited_by: Mapped[User] = relationship()
    replaces: Mapped[PanelMember | None] = relationship(foreign_keys=[replaces_id])
    member: Mapped[PanelMember | None] = relationship(foreign_keys=[member_id])

    def standing(self, now: datetime) -> Standing:
        """Say where it stands at `now`."""
        return standing_of(
            ends_at=self.ends_at,
            accepted_at=self.accepted_at,
            declined_at=self.declined_at,
            withdrawn_at=self.withdrawn_at,
            now=now,
        )

"""The table of live sessions."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, Identified


class LiveSession(Identified, Base):
    """A meeting about an open challenge to which everybody may come, or the day on which suppliers
    show what they have made.

    The link to join is shown to everybody, or only to people who have signed in. `edition` counts
    the changes that calendars must hear of.
    """

    __tablename__ = "live_session"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
        CheckConstraint("edition >= 0", name="edition"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)", name="cancelled_has_reason"
        ),
        Index("ix_live_session_challenge_id_starts_at", "challenge_id", "starts_at"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    title: Mapped[str] = mapped_column(String(200))
    about: Mapped[str] = mapped_column(Text)
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    join_url: Mapped[str] = mapped_column(String(500))
    join_for_all: Mapped[bool]
    # Where a demo day is held, in words; it is shown to everybody.
    place: Mapped[str] = mapped_column(String(300), default="", server_default="")
    demo_day: Mapped[bool] = mapped_column(default=False, server_default=false())
    recording_url: Mapped[str | None] = mapped_column(String(500))
    notes: Mapped[str | None] = mapped_column(Text)
    edition: Mapped[int]
    announced_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    announced_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    cancelled_at: Mapped[datetime | None]
    cancelled_because: Mapped[str | None] = mapped_column(Text)
    row_version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)

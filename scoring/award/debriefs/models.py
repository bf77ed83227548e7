"""Tables of debrief meetings: asked for, the times that are offered, and what was said."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified
from scoring.award.debriefs.lifecycle import LONGEST, PLACE_MOST, SHORTEST


class Debrief(Identified, Base):
    """A bidder's meeting about a decision on its bid. What it was before is in the log.

    One is asked for by a bid and a decision: `decided_at` tells which. `place` is where one meets,
    null where one meets remotely by `join_url`. `edition` counts what calendars must hear of, and
    `reminded_edition` of which people were reminded. `attended` and `notes` are what the bidder
    reads too.
    """

    __tablename__ = "debrief"
    __table_args__ = (
        CheckConstraint("edition >= 0", name="edition"),
        CheckConstraint(f"minutes BETWEEN {SHORTEST} AND {LONGEST}", name="minutes"),
        CheckConstraint("place IS NULL OR join_url IS NULL", name="somewhere"),
        CheckConstraint("(recorded_at IS NULL) = (recorded_by_id IS NULL)", name="recorded_whole"),
        CheckConstraint("recorded_at IS NULL OR length(trim(attended)) > 0", name="attended"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    decided_at: Mapped[datetime]
    wishes: Mapped[str] = mapped_column(Text, default="")
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str | None] = mapped_column(String(PLACE_MOST))
    join_url: Mapped[str | None] = mapped_column(String(PLACE_MOST))
    starts_at: Mapped[datetime | None]
    edition: Mapped[int] = mapped_column(default=0)
    reminded_edition: Mapped[int | None]
    changed_at: Mapped[datetime]
    attended: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    times: Mapped[list["DebriefTime"]] = relationship(
        order_by="DebriefTime.starts_at", cascade="all, delete-orphan"
    )


class DebriefTime(Base):
    """A time that an officer offers for a debrief meeting."""

    __tablename__ = "debrief_time"

    debrief_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("debrief.id"), primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)

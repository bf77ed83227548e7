"""Tables of the times that are offered for interviews, and of each bidder's interview."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified, enum_type
from scoring.panel.interviews.lifecycle import LONGEST, SHORTEST, TEXT_MOST, Outcome, Span

_STANDS = "withdrawn_at IS NULL"


class InterviewSlot(Identified, Base):
    """A time that a stage's panel offers. It names no bidder: who comes stands in `Interview`.

    `place` is where one meets, null where one meets remotely by `join_url`. `choose_by` is a wish,
    the limit is `notice_hours` before the beginning. `edition` counts the changes, so that nobody
    chooses another time than they saw.
    """

    __tablename__ = "interview_slot"
    __table_args__ = (
        CheckConstraint(f"minutes BETWEEN {SHORTEST} AND {LONGEST}", name="minutes"),
        CheckConstraint("notice_hours >= 0", name="notice"),
        CheckConstraint("edition >= 0", name="edition"),
        CheckConstraint("(place IS NULL) <> (join_url IS NULL)", name="somewhere"),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)", name="withdrawn_has_reason"
        ),
        Index(
            "uq_interview_slot_one_at_a_time",
            "stage_id",
            "starts_at",
            unique=True,
            sqlite_where=text(_STANDS),
            postgresql_where=text(_STANDS),
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"))
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str | None] = mapped_column(String(TEXT_MOST))
    join_url: Mapped[str | None] = mapped_column(String(TEXT_MOST))
    choose_by: Mapped[datetime]
    notice_hours: Mapped[int]
    edition: Mapped[int] = mapped_column(default=0)
    offered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    offered_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None] = mapped_column(Text)

    @property
    def span(self) -> Span:
        """Give from when until when it goes."""
        return Span(self.starts_at, self.minutes)


class Interview(Identified, Base):
    """A bid's interview: the time that stands, and what came of it. What was before is in the log.

    Both are unique, so that of two bidders who take the last time at once one gets it. `edition`
    counts what calendars must hear of, and `reminded_edition` of which people were reminded.
    """

    __tablename__ = "interview"
    __table_args__ = (
        CheckConstraint("edition >= 0", name="edition"),
        CheckConstraint("(outcome IS NULL) = (recorded_at IS NULL)", name="recorded_whole"),
        CheckConstraint("outcome = 'without' OR outcome IS NULL OR slot_id IS NOT NULL", name="at"),
        CheckConstraint(
            "outcome IS NULL OR outcome = 'held' OR length(trim(reason)) > 0", name="reason"
        ),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), unique=True)
    slot_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("interview_slot.id"), unique=True)
    edition: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime]
    reminded_edition: Mapped[int | None]
    outcome: Mapped[Outcome | None] = mapped_column(enum_type(Outcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship()
    slot: Mapped[InterviewSlot | None] = relationship()
    recorded_by: Mapped[User | None] = relationship()

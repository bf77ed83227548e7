"""Tables of a challenge's codes, and of where its notices were published."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from challenges.notices.kinds import NoticeKind
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class ChosenCode(Base):
    """A code of the Common Procurement Vocabulary that a challenge has: eight digits."""

    __tablename__ = "challenge_code"
    __table_args__ = (
        CheckConstraint("length(code) = 8", name="eight_digits"),
        Index(
            "uq_challenge_code_one_main",
            "challenge_id",
            unique=True,
            sqlite_where=text("main"),
            postgresql_where=text("main"),
        ),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    main: Mapped[bool]


class NoticeRecord(Identified, Base):
    """Where and since when a notice stands on the national notice service.

    The latest row of a kind and number holds; the rows before it are what was recorded by mistake.
    `number` counts the modifications of a contract; other kinds have the number 1.
    """

    __tablename__ = "notice_record"
    __table_args__ = (
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(reference)) > 0", name="reference"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    kind: Mapped[NoticeKind] = mapped_column(enum_type(NoticeKind))
    number: Mapped[int] = mapped_column(default=1)
    reference: Mapped[str] = mapped_column(String(40))
    published_on: Mapped[date] = mapped_column(Date)
    url: Mapped[str | None] = mapped_column(String(500))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]


append_only(NoticeRecord)

"""Tables of keeping: a body's own times, legal holds, and erasures with who decided them."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.regimes.shapes import Kept


class KeepingTime(Identified, Base):
    """For how many years a body keeps a kind of record by its own schedule; the newest counts.

    The rules of a purchase set the least: a shorter time than theirs has no effect on it.
    """

    __tablename__ = "keeping_time"
    __table_args__ = (CheckConstraint("years BETWEEN 1 AND 100", name="years"),)

    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    kind: Mapped[Kept] = mapped_column(enum_type(Kept))
    years: Mapped[int]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]


class LegalHold(Identified, Base):
    """That nothing of a challenge is erased until another person lifts this, and why."""

    __tablename__ = "legal_hold"
    __table_args__ = (
        UniqueConstraint("id", "set_by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    set_at: Mapped[datetime]

    set_by: Mapped[User] = relationship()
    lifted: Mapped["HoldLift | None"] = relationship(
        primaryjoin="LegalHold.id == HoldLift.hold_id",
        foreign_keys="HoldLift.hold_id",
        uselist=False,
        viewonly=True,
    )


class HoldLift(Base):
    """That a hold was lifted, by another person than set it, and why."""

    __tablename__ = "hold_lift"
    __table_args__ = (
        ForeignKeyConstraint(
            ["hold_id", "set_by_id"], ["legal_hold.id", "legal_hold.set_by_id"], name="hold"
        ),
        CheckConstraint("lifted_by_id <> set_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    hold_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    set_by_id: Mapped[uuid.UUID]
    reason: Mapped[str] = mapped_column(Text)
    lifted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    lifted_at: Mapped[datetime]

    lifted_by: Mapped[User] = relationship()


class Erasure(Identified, Base):
    """A proposal to erase what a challenge's records hold of people, all of whose times are over.

    `rule` says in words which time was over and since when, as the person read it who proposed.
    """

    __tablename__ = "erasure"
    __table_args__ = (
        UniqueConstraint("id", "proposed_by_id"),
        CheckConstraint("length(trim(rule)) > 0", name="rule"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    rule: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    challenge: Mapped[Challenge] = relationship()
    proposed_by: Mapped[User] = relationship()
    answer: Mapped["ErasureAnswer | None"] = relationship(
        primaryjoin="Erasure.id == ErasureAnswer.erasure_id",
        foreign_keys="ErasureAnswer.erasure_id",
        uselist=False,
        viewonly=True,
    )
    run: Mapped["ErasureRun | None"] = relationship(viewonly=True)


class ErasureAnswer(Base):
    """Another person's answer to a proposed erasure: confirmed or not, with a reason."""

    __tablename__ = "erasure_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["erasure_id", "proposed_by_id"],
            ["erasure.id", "erasure.proposed_by_id"],
            name="erasure",
        ),
        CheckConstraint("decided_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    erasure_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[uuid.UUID]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class ErasureRun(Base):
    """How far a confirmed erasure has come: the entry that gives leave, and when all was done."""

    __tablename__ = "erasure_run"

    erasure_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("erasure.id"), primary_key=True)
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"))
    rows: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]


for _table in (KeepingTime, LegalHold, HoldLift, Erasure, ErasureAnswer):
    append_only(_table)

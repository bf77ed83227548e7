"""Tables of how work ends: under one contract, and all of a challenge's."""

import uuid
from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, enum_type
from scoring.award.delivery.lifecycle import Outcome


class WorkEnd(Base):
    """That the work under a contract has ended, and how; by its gate, where it has one."""

    __tablename__ = "work_end"
    __table_args__ = (
        CheckConstraint("(outcome = 'completed') = (gate_id IS NULL)", name="gate_decides"),
    )

    # Work ends once.
    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), primary_key=True)
    outcome: Mapped[Outcome] = mapped_column(enum_type(Outcome))
    gate_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("gate_answer.gate_id"))
    words: Mapped[str] = mapped_column(Text)
    ended_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))

    recorded_by: Mapped[User] = relationship()


class WorkFinish(Base):
    """That all work of a challenge is finished: benefits are measured from this day on.

    `finished_on` is that day in Europe/London.
    """

    __tablename__ = "work_finish"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    finished_on: Mapped[date] = mapped_column(Date)
    words: Mapped[str] = mapped_column(Text)
    finished_at: Mapped[datetime]
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))


append_only(WorkEnd, erasable=("words",))
append_only(WorkFinish, erasable=("words",))

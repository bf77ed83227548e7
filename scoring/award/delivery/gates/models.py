"""Tables of gates: what was found, what follows by whose proposal, and another person's answer."""

import uuid
from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.delivery.gates.lifecycle import Decision, Finding


class Gate(Identified, Base):
    """A lead's proposal of what follows from the gate of a contract, with its reason.

    `lessons` are for everybody to read; whoever stops says what was learned.
    """

    __tablename__ = "gate"
    __table_args__ = (
        UniqueConstraint("id", "contract_id", "proposed_by_id"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("decision <> 'stops' OR length(trim(lessons)) > 0", name="lessons"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    decision: Mapped[Decision] = mapped_column(enum_type(Decision))
    reason: Mapped[str] = mapped_column(Text)
    lessons: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    proposed_by: Mapped[User] = relationship()
    findings: Mapped[list["GateFinding"]] = relationship(order_by="GateFinding.place")
    answer: Mapped["GateAnswer | None"] = relationship(
        primaryjoin="Gate.id == GateAnswer.gate_id",
        foreign_keys="GateAnswer.gate_id",
        viewonly=True,
    )


class GateFinding(Base):
    """What was found on one criterion of a gate; `place` counts from 1."""

    __tablename__ = "gate_finding"
    __table_args__ = (
        CheckConstraint("place >= 1", name="place"),
        CheckConstraint("length(trim(criterion)) > 0", name="criterion"),
    )

    gate_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("gate.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    criterion: Mapped[str] = mapped_column(String(500))
    finding: Mapped[Finding] = mapped_column(enum_type(Finding))
    words: Mapped[str] = mapped_column(Text)


class GateAnswer(Base):
    """Another person's answer to a proposal: confirmed, or returned, with a reason."""

    __tablename__ = "gate_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["gate_id", "contract_id", "proposed_by_id"],
            ["gate.id", "gate.contract_id", "gate.proposed_by_id"],
            name="gate",
        ),
        # Nobody confirms what they proposed.
        CheckConstraint("decided_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        # A contract goes through its gate once.
        Index(
            "uq_gate_answer_confirmed",
            "contract_id",
            unique=True,
            sqlite_where=text("confirmed"),
            postgresql_where=text("confirmed"),
        ),
    )

    # One answer to one proposal: two confirmations at once cannot both be kept.
    gate_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[uuid.UUID]
    proposed_by_id: Mapped[uuid.UUID]
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


append_only(Gate, erasable=("reason",))
append_only(GateFinding, erasable=("words",))
append_only(GateAnswer, erasable=("reason",))

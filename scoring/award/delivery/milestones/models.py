"""Tables of milestones: what is planned, reported, answered and paid. Nothing is ever changed."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
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
from marketplace.core.database import Base, Identified
from marketplace.core.files.models import StoredFile


class Milestone(Identified, Base):
    """That a contract has a milestone of this number; what it is stands in its plans."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "contract_id"),
        CheckConstraint("number >= 1", name="number"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]


class MilestonePlan(Identified, Base):
    """One version of a contract's milestones; the newest holds.

    `value_minor` is what the payments of its terms come to, which was the contract's value then.
    `reason` says why it took the place of the one before.
    """

    __tablename__ = "milestone_plan"
    __table_args__ = (
        # Two people who change it at once: the second is told.
        UniqueConstraint("contract_id", "version"),
        UniqueConstraint("id", "contract_id"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("version = 1 OR length(trim(reason)) > 0", name="reason"),
        CheckConstraint("value_minor > 0", name="value"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"))
    version: Mapped[int]
    value_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]

    made_by: Mapped[User] = relationship()
    terms: Mapped[list["MilestoneTerms"]] = relationship(
        order_by="MilestoneTerms.place",
        primaryjoin="MilestonePlan.id == MilestoneTerms.plan_id",
        foreign_keys="MilestoneTerms.plan_id",
        viewonly=True,
    )


class MilestoneTerms(Base):
    """What a milestone is in one version of its contract's plan; `place` orders them."""

    __tablename__ = "milestone_terms"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "contract_id"],
            ["milestone_plan.id", "milestone_plan.contract_id"],
            name="plan",
        ),
        # Only a milestone of the same contract.
        ForeignKeyConstraint(
            ["milestone_id", "contract_id"],
            ["milestone.id", "milestone.contract_id"],
            name="milestone",
        ),
        CheckConstraint("place >= 1", name="place"),
        CheckConstraint("payment_minor >= 0", name="payment"),
        CheckConstraint("length(trim(title)) > 0", name="title"),
    )

    plan_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    milestone_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    contract_id: Mapped[uuid.UUID]
    place: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    deliverable: Mapped[str] = mapped_column(Text)
    accepted_when: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date] = mapped_column(Date)
    payment_minor: Mapped[int] = mapped_column(BigInteger)

    milestone: Mapped[Milestone] = relationship(
        primaryjoin="MilestoneTerms.milestone_id == Milestone.id",
        foreign_keys=[milestone_id],
        viewonly=True,
        lazy="joined",
    )


class MilestoneReport(Identified, Base):
    """That a milestone was delivered, in the supplier's words.

    `for_supplier`: an officer recorded what the supplier reported by other means.
    """

    __tablename__ = "milestone_report"
    __table_args__ = (
        UniqueConstraint("milestone_id", "number"),
        UniqueConstraint("id", "milestone_id", "reported_by_id"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
    )

    milestone_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("milestone.id"))
    number: Mapped[int]
    words: Mapped[str] = mapped_column(Text)
    for_supplier: Mapped[bool]
    reported_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reported_at: Mapped[datetime]

    reported_by: Mapped[User] = relationship()
    files: Mapped[list["MilestoneFile"]] = relationship(order_by="MilestoneFile.place")
    answer: Mapped["MilestoneAnswer | None"] = relationship(
        primaryjoin="MilestoneReport.id == MilestoneAnswer.report_id",
        foreign_keys="MilestoneAnswer.report_id",
        viewonly=True,
    )


class MilestoneFile(Base):
    """A file that goes with a report; `name` is what it is called when somebody saves it."""

    __tablename__ = "milestone_file"
    __table_args__ = (CheckConstraint("place >= 1", name="place"),)

    report_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("milestone_report.id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(160))

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)


class MilestoneAnswer(Base):
    """The sponsor's answer to a report: accepted with evidence, or sent back with a reason.

    `payment_minor` is what the plan that held says is paid for it; none where it is sent back.
    """

    __tablename__ = "milestone_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["report_id", "milestone_id", "reported_by_id"],
            [
                "milestone_report.id",
                "milestone_report.milestone_id",
                "milestone_report.reported_by_id",
            ],
            name="report",
        ),
        # Nobody accepts what they reported.
        CheckConstraint("decided_by_id <> reported_by_id", name="another_person"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
        CheckConstraint("accepted = (payment_minor IS NOT NULL)", name="payment_if_accepted"),
        # What a payment refers to.
        UniqueConstraint(
            "report_id",
            "milestone_id",
            "payment_minor",
            "decided_by_id",
            name="uq_milestone_answer_paid",
        ),
        # A milestone is accepted once.
        Index(
            "uq_milestone_answer_accepted",
            "milestone_id",
            unique=True,
            sqlite_where=text("accepted"),
            postgresql_where=text("accepted"),
        ),
    )

    # One answer to one report: two at once cannot both be kept.
    report_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    milestone_id: Mapped[uuid.UUID]
    reported_by_id: Mapped[uuid.UUID]
    accepted: Mapped[bool]
    payment_minor: Mapped[int | None] = mapped_column(BigInteger)
    words: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class MilestonePayment(Base):
    """That an accepted milestone was paid: once, and never more than was accepted."""

    __tablename__ = "milestone_payment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["report_id", "milestone_id", "accepted_minor", "accepted_by_id"],
            [
                "milestone_answer.report_id",
                "milestone_answer.milestone_id",
                "milestone_answer.payment_minor",
                "milestone_answer.decided_by_id",
            ],
            name="accepted",
        ),
        CheckConstraint("recorded_by_id <> accepted_by_id", name="another_person"),
        CheckConstraint("amount_minor > 0 AND amount_minor <= accepted_minor", name="amount"),
        CheckConstraint(
            "amount_minor = accepted_minor OR length(trim(note)) > 0", name="less_has_reason"
        ),
        CheckConstraint("length(trim(reference)) > 0", name="reference"),
    )

    # One payment of one milestone: two at once cannot both be kept.
    milestone_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    report_id: Mapped[uuid.UUID]
    accepted_minor: Mapped[int] = mapped_column(BigInteger)
    accepted_by_id: Mapped[uuid.UUID]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date] = mapped_column(Date)
    reference: Mapped[str] = mapped_column(String(80))
    note: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


for _table in (Milestone, MilestoneTerms):
    append_only(_table)
append_only(MilestonePlan, erasable=("reason",))
append_only(MilestoneReport, erasable=("words",))
append_only(MilestoneFile, erasable=("name",))
append_only(MilestoneAnswer, erasable=("words",))
append_only(MilestonePayment, erasable=("note",))

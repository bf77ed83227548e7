"""Tables of what courts ordered about signed contracts, and of the second person's answers."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.contracts.ordered.lifecycle import SHORT_MOST, Ordered, OrderKind


class CourtOrder(Identified, Base):
    """What a court ordered about a contract, as an officer recorded it; it holds once a second
    person has confirmed it.

    `number` counts from 1 in the contract. `ends_on` is the last day of a contract that is made
    shorter, `penalty_minor` what the body pays, in minor units. `sealed` says how the order's file
    is called and what opens it, under the key `key_id`, as with a committee's minute.
    """

    __tablename__ = "court_order"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "recorded_by_id"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(court)) > 0", name="court"),
        CheckConstraint("length(trim(reference)) > 0", name="reference"),
        CheckConstraint("length(trim(says)) > 0", name="says"),
        CheckConstraint("(kind = 'shortened') = (ends_on IS NOT NULL)", name="ends_on"),
        CheckConstraint("kind <> 'penalty' OR penalty_minor IS NOT NULL", name="penalty_is_told"),
        CheckConstraint("penalty_minor > 0", name="penalty"),
        CheckConstraint(
            "(sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (stored_sha256 IS NULL) "
            "AND (sealed IS NULL) = (file_sha256 IS NULL)",
            name="file_whole",
        ),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    kind: Mapped[OrderKind] = mapped_column(enum_type(OrderKind))
    made_on: Mapped[date]
    court: Mapped[str] = mapped_column(String(SHORT_MOST))
    reference: Mapped[str] = mapped_column(String(SHORT_MOST))
    says: Mapped[str] = mapped_column(Text)
    ends_on: Mapped[date | None]
    penalty_minor: Mapped[int | None] = mapped_column(BigInteger)
    key_id: Mapped[uuid.UUID | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    stored_sha256: Mapped[str | None] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()
    answer: Mapped["CourtOrderAnswer | None"] = relationship(
        primaryjoin="CourtOrder.id == CourtOrderAnswer.order_id",
        foreign_keys="CourtOrderAnswer.order_id",
        uselist=False,
        viewonly=True,
    )

    @property
    def holds(self) -> bool:
        """Tell whether a second person confirmed it."""
        return self.answer is not None and self.answer.confirmed

    @property
    def told(self) -> Ordered:
        """Give it as the court's paper has it."""
        return Ordered(
            self.kind,
            self.made_on,
            self.court,
            self.reference,
            self.says,
            self.ends_on,
            self.penalty_minor,
        )


class CourtOrderAnswer(Base):
    """A second person's answer to a recorded order: confirmed, or returned, with a reason."""

    __tablename__ = "court_order_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["order_id", "recorded_by_id"],
            ["court_order.id", "court_order.recorded_by_id"],
            name="court_order",
        ),
        # A contract comes to an end only when two people have said so.
        CheckConstraint("answered_by_id <> recorded_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    order_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    recorded_by_id: Mapped[uuid.UUID]
    answered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    answered_at: Mapped[datetime]

    answered_by: Mapped[User] = relationship()


append_only(CourtOrder)
append_only(CourtOrderAnswer, erasable=("reason",))

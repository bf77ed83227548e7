"""Tables of what is told of a contract later, and of its changes with their answers."""

import uuid
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.award.contracts.changing import ChangeKind


class ContractDetail(Identified, Base):
    """A contract's purchase order and who manages it, as told at one time; the newest counts."""

    __tablename__ = "contract_detail"

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"), index=True)
    purchase_order: Mapped[str] = mapped_column(String(80))
    manager: Mapped[str] = mapped_column(String(200))
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]

    recorded_by: Mapped[User] = relationship()


class ContractChange(Identified, Base):
    """What is to be changed in a signed contract, and why; values in minor units without VAT.

    `ground` is the regime's key for the provision that allows it, none where the regime asks for
    no ground. `number` counts on over all contracts of a challenge. Where `awaits` it holds only
    once another person has confirmed it. `uses_option` tells an extension that the contract itself
    foresaw. `supplier_id` is who takes the contract over, where somebody does.
    """

    __tablename__ = "contract_change"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        UniqueConstraint("id", "described_by_id"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("value_before_minor > 0 AND value_after_minor > 0", name="values"),
        CheckConstraint("length(trim(what)) > 0 AND length(trim(why)) > 0", name="described"),
        CheckConstraint("(kind = 'novation') = (supplier_id IS NOT NULL)", name="supplier"),
        CheckConstraint("(kind = 'extension') = (ends_on IS NOT NULL)", name="extension"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    kind: Mapped[ChangeKind] = mapped_column(enum_type(ChangeKind))
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(String(40))
    value_before_minor: Mapped[int] = mapped_column(BigInteger)
    value_after_minor: Mapped[int] = mapped_column(BigInteger)
    ends_on: Mapped[date | None]
    uses_option: Mapped[bool] = mapped_column(default=False, server_default=false())
    supplier_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    supplier_check: Mapped[str | None] = mapped_column(Text)
    awaits: Mapped[bool] = mapped_column(default=False, server_default=false())
    described_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    described_at: Mapped[datetime]

    described_by: Mapped[User] = relationship(foreign_keys=[described_by_id])
    supplier: Mapped[Organisation | None] = relationship()
    answer: Mapped["ContractChangeAnswer | None"] = relationship(
        primaryjoin="ContractChange.id == ContractChangeAnswer.change_id",
        foreign_keys="ContractChangeAnswer.change_id",
        viewonly=True,
    )

    @property
    def holds(self) -> bool:
        """Tell whether the contract is changed by it."""
        return not self.awaits or (self.answer is not None and self.answer.confirmed)

    @property
    def open(self) -> bool:
        """Tell whether it waits for an answer."""
        return self.awaits and self.answer is None


class ContractChangeAnswer(Base):
    """Another person's answer to a change of money or supplier, with its reason."""

    __tablename__ = "contract_change_answer"
    __table_args__ = (
        ForeignKeyConstraint(
            ["change_id", "described_by_id"],
            ["contract_change.id", "contract_change.described_by_id"],
            name="change",
        ),
        # Nobody confirms what they described.
        CheckConstraint("decided_by_id <> described_by_id", name="another_person"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    # One answer to one change: two confirmations at once cannot both be kept.
    change_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    described_by_id: Mapped[uuid.UUID]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


append_only(ContractDetail, erasable=("manager",))
append_only(ContractChange, erasable=("why", "supplier_check"))
append_only(ContractChangeAnswer, erasable=("reason",))

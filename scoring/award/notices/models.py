"""The table of changes of a contract, as a modification notice tells them."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class ContractChange(Identified, Base):
    """What was changed in a signed contract, and why; values in minor units without VAT.

    `ground` is the regime's key for the provision that allows it, none where the regime asks for
    no ground. `number` counts on over all contracts of a challenge.
    """

    __tablename__ = "contract_change"
    __table_args__ = (
        UniqueConstraint("contract_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("value_before_minor > 0 AND value_after_minor > 0", name="values"),
        CheckConstraint("length(trim(what)) > 0 AND length(trim(why)) > 0", name="described"),
    )

    contract_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    what: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)
    ground: Mapped[str | None] = mapped_column(String(40))
    value_before_minor: Mapped[int] = mapped_column(BigInteger)
    value_after_minor: Mapped[int] = mapped_column(BigInteger)
    described_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    described_at: Mapped[datetime]


append_only(ContractChange)

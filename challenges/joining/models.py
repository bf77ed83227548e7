"""Tables of bodies that join in a challenge, and of who pays which share of it.

They name their challenge by its table alone, because a challenge knows who joins in it.
"""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.joining.lifecycle import Joining
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base, ExactDecimal, Identified, enum_type

_STANDING = "joining IN ('invited','asked','joined')"


class JointSponsor(Identified, Base):
    """That a registered body joins in a challenge of another, or was asked or has asked to.

    `writes` lets its people change the draft. `because` is why it was declined or why it left.
    """

    __tablename__ = "joint_sponsor"
    __table_args__ = (
        CheckConstraint(
            "(joining IN ('invited','asked')) = (decided_at IS NULL)", name="decided_whole"
        ),
        CheckConstraint("writes = false OR joining = 'joined'", name="writes_while_joined"),
        CheckConstraint(
            "joining NOT IN ('declined','left') OR length(trim(because)) > 0", name="because"
        ),
        # One standing at a time; what was declined or left stays for the record.
        Index(
            "uq_joint_sponsor_standing",
            "challenge_id",
            "body_id",
            unique=True,
            sqlite_where=text(_STANDING),
            postgresql_where=text(_STANDING),
        ),
        Index("ix_joint_sponsor_body", "body_id", "joining"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    joining: Mapped[Joining] = mapped_column(enum_type(Joining))
    message: Mapped[str] = mapped_column(Text, default="")
    begun_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[datetime]
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    because: Mapped[str | None] = mapped_column(Text)
    writes: Mapped[bool] = mapped_column(default=False)

    body: Mapped[Organisation] = relationship()
    begun_by: Mapped[User] = relationship(foreign_keys=[begun_by_id])


class CostShare(Base):
    """What one body pays of a challenge: per cent, or a sum in minor units without VAT."""

    __tablename__ = "cost_share"
    __table_args__ = (
        CheckConstraint("(percent IS NULL) <> (amount_minor IS NULL)", name="one_measure"),
        CheckConstraint("percent >= 0", name="percent"),
        CheckConstraint("amount_minor >= 0", name="amount"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    percent: Mapped[Decimal | None] = mapped_column(ExactDecimal(2))
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)

    body: Mapped[Organisation] = relationship()

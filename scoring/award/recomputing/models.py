"""The table that says of a result which one it takes the place of, and why."""

import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, enum_type
from scoring.award.recomputing.lifecycle import Why


class Recomputation(Base):
    """That a result takes the place of another of its stage; each is replaced once at most."""

    __tablename__ = "recomputation"
    __table_args__ = (
        UniqueConstraint("replaced_id"),
        CheckConstraint("result_id <> replaced_id", name="another"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
    )

    result_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"), primary_key=True)
    replaced_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("result.id"))
    why: Mapped[Why] = mapped_column(enum_type(Why))
    reason: Mapped[str] = mapped_column(Text)
    # Null where it is about none in particular, as a decision about those who tie.
    bid_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bid.id"), index=True)


append_only(Recomputation, erasable=("reason",))

"""The table of case files: asked for, under way, made, and discarded again."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified


class CaseFile(Identified, Base):
    """One making of a challenge's case file; `number` counts those of a challenge from 1.

    `whole` tells that an auditor asked for it: what is for auditors alone is in it. `parts` of
    `parts_all` are written so far. `sha256` and `size`, in bytes, are those of the finished ZIP. It
    is kept until `kept_until`; `stored_sha256` says that its bytes are still there.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("(made_at IS NULL) = (sha256 IS NULL)", name="made"),
        CheckConstraint("stored_sha256 IS NULL OR stored_sha256 = sha256", name="stored"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    number: Mapped[int]
    whole: Mapped[bool]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    parts: Mapped[int] = mapped_column(default=0)
    parts_all: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None] = mapped_column(BigInteger)
    kept_until: Mapped[datetime | None]
    stored_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"), index=True)

    challenge: Mapped[Challenge] = relationship()
    asked_by: Mapped[User] = relationship()

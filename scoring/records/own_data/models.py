"""Tables of people's requests to erase what is held of them, and of how they ended."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type

# The job that erases what goes after the account; where records go, names may.
FOLLOW_UP = "own_data.follow_up"


class Ending(StrEnum):
    """How a request ended."""

    GRANTED = "granted"
    REFUSED = "refused"
    TAKEN_BACK = "taken_back"


class OwnErasure(Identified, Base):
    """That a person asked for what is held of them to be erased."""

    __tablename__ = "own_erasure"
    __table_args__ = (UniqueConstraint("id", "user_id"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    asked_at: Mapped[datetime]

    user: Mapped[User] = relationship()
    end: Mapped["OwnErasureEnd | None"] = relationship(
        primaryjoin="OwnErasure.id == OwnErasureEnd.request_id",
        foreign_keys="OwnErasureEnd.request_id",
        uselist=False,
        viewonly=True,
    )
    run: Mapped["OwnErasureRun | None"] = relationship(viewonly=True)


class OwnErasureEnd(Base):
    """How a request ended: decided by another person with a reason, or taken back."""

    __tablename__ = "own_erasure_end"
    __table_args__ = (
        ForeignKeyConstraint(
            ["request_id", "user_id"], ["own_erasure.id", "own_erasure.user_id"], name="request"
        ),
        # Nobody decides about their own request, and nobody takes back another's.
        CheckConstraint("(ending = 'taken_back') = (ended_by_id = user_id)", name="by_whom"),
        CheckConstraint("ending = 'taken_back' OR length(trim(reason)) > 0", name="reason"),
    )

    request_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID]
    ending: Mapped[Ending] = mapped_column(enum_type(Ending))
    reason: Mapped[str] = mapped_column(Text)
    ended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime]


class OwnErasureRun(Base):
    """How far a granted request has come: messages and then the name go after the account.

    `address` is where the person was written to, held until what was sent there is emptied.
    """

    __tablename__ = "own_erasure_run"

    request_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("own_erasure.id"), primary_key=True)
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"))
    address: Mapped[str | None] = mapped_column(String(254))
    messages_at: Mapped[datetime | None]
    name_at: Mapped[datetime | None]


append_only(OwnErasure)
append_only(OwnErasureEnd, erasable=("reason",))

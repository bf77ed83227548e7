"""Tables of bids from elsewhere: those that wait to be brought in, and those that were."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.elsewhere.lifecycle import BringingState
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class Bringing(Identified, Base):
    """Bids of a stage that officers put down here, until a second one brings them in.

    `rows` and `packed` are what was read of each bid and of each file (`Row.stored`,
    `Packed.stored`); both are empty once nothing waits any more. `writers` are the people who put
    something down or took it out, by their identifiers. `archive_sha256` is the digest of the ZIP,
    if there was one, and `kept_sha256` says that its bytes are still kept.
    """

    __tablename__ = "bringing"
    __table_args__ = (
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(ended_by_id IS NULL) = (ended_at IS NULL)", name="ended_by"),
        Index(
            "uq_bringing_waiting",
            "stage_id",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    state: Mapped[BringingState] = mapped_column(
        enum_type(BringingState), default=BringingState.WAITING
    )
    rows: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    packed: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    writers: Mapped[list[str]] = mapped_column(JSON, default=list)
    archive_sha256: Mapped[str | None] = mapped_column(String(64))
    kept_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    begun_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    row_version: Mapped[int] = mapped_column()

    files: Mapped[list["BringingFile"]] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)


class BringingFile(Base):
    """That bytes which wait to be brought in are kept."""

    __tablename__ = "bringing_file"

    bringing_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bringing.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(
        ForeignKey("stored_file.sha256"), primary_key=True, index=True
    )


class BroughtSupplier(Base):
    """A supplier without an account, whose bid a body brought in; `number` may be empty.

    It is the body's own: nobody else finds it again, and nobody acts for it here.
    """

    __tablename__ = "brought_supplier"
    __table_args__ = (Index("ix_brought_supplier_body_number", "body_id", "number"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True
    )
    body_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[str] = mapped_column(String(20))

    organisation: Mapped[Organisation] = relationship(foreign_keys=[organisation_id])


class BroughtBid(Base):
    """One bid that was received elsewhere: the bytes of its `bid-brought/1`, and who brought it.

    `received_at` is when it came in there, as told; `entry_n` is the entry that records it here.
    """

    __tablename__ = "brought_bid"
    __table_args__ = (CheckConstraint("brought_by_id <> confirmed_by_id", name="two_officers"),)

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    document: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]
    brought_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    confirmed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), index=True)

    brought_by: Mapped[User] = relationship(foreign_keys=[brought_by_id])
    confirmed_by: Mapped[User] = relationship(foreign_keys=[confirmed_by_id])


class BroughtFile(Base):
    """A file of a bid that was received elsewhere; `place` is its place in the bid, from 0."""

    __tablename__ = "brought_file"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("brought_bid.bid_id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)


append_only(BroughtBid, erasable=("document",))
append_only(BroughtFile)

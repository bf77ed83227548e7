"""Tables of what was erased by a rule, and the words that stand where it was.

A row here is the leave, given by an entry of the log, to empty one row of an append-only table once
(`marketplace.core.audit.models.append_only`). What is emptied says so itself, wherever it is shown.
"""

import hashlib
import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base
from marketplace.core.dates import format_date


class ErasedRow(Base):
    """That the contents of one row were erased; `sha256` is the digest of what stood there.

    `row_id` is the row's identifier, or that of the row that it belongs to.
    """

    __tablename__ = "erased_row"

    table_name: Mapped[str] = mapped_column(String(60), primary_key=True)
    row_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    erased_at: Mapped[datetime]


class ErasedFile(Base):
    """That the bytes of a stored file were erased: by its digest, with its size in bytes."""

    __tablename__ = "erased_file"

    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), primary_key=True)
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    erased_at: Mapped[datetime]


for _table in (ErasedRow, ErasedFile):
    append_only(_table)


def said(at: datetime, digest: str) -> str:
    """Give the words that stand in place of a text that was erased: when, and what proves it."""
    return f"[Erased on {format_date(at)}: the time to keep it was over. SHA-256 {digest}]"


def digest_of(values: Iterable[str | bytes | None]) -> str:
    """Give the digest of the contents of a row, one after another, a zero byte between two."""
    parts = (each.encode() if isinstance(each, str) else each or b"" for each in values)
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def file_erased_at(session: Session, sha256: str) -> datetime | None:
    """Give when the bytes of a stored file were erased; None where they were not."""
    return session.scalar(select(ErasedFile.erased_at).where(ErasedFile.sha256 == sha256))


def row_erased_at(session: Session, table: str, row_id: uuid.UUID) -> datetime | None:
    """Give when the contents of a row were erased; None where they were not."""
    return session.scalar(
        select(ErasedRow.erased_at).where(ErasedRow.table_name == table, ErasedRow.row_id == row_id)
    )

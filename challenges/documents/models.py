"""The table of a challenge's files."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.database import Base, Identified
from marketplace.core.files.models import StoredFile


class Document(Identified, Base):
    """A file of a challenge. `name` is what it is called when somebody saves it."""

    __tablename__ = "challenge_document"
    __table_args__ = (
        # Bidders must know which terms hold: one file is the draft contract, or none.
        Index(
            "uq_challenge_document_contract",
            "challenge_id",
            unique=True,
            sqlite_where=text("is_contract"),
            postgresql_where=text("is_contract"),
        ),
        Index("ix_challenge_document_added", "challenge_id", "added_at"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    name: Mapped[str] = mapped_column(String(160))
    title: Mapped[str] = mapped_column(String(200))
    is_contract: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]

    file: Mapped[StoredFile] = relationship(lazy="joined", innerjoin=True)

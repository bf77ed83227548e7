"""Tables of the files that go with bids: those of drafts, and those that an opening revealed."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class DraftFile(Identified, Base):
    """A file of a draft, encrypted; what it is called and what opens it stand in the draft."""

    __tablename__ = "bid_draft_file"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), unique=True)
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    added_at: Mapped[datetime]


class OpenedFile(Base):
    """A file that an envelope held when it was opened; `place` is its place in the bid, from 0."""

    __tablename__ = "opened_file"

    submission_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("opened_submission.submission_id"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), index=True)


append_only(OpenedFile)

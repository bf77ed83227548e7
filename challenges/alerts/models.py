"""Tables of saved searches and of what each has told."""

import uuid
from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.alerts.timing import Frequency
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified, enum_type


class SavedSearch(Identified, Base):
    """What a person looks for: `asked` is the part of the list's address with the filters.

    What was published after `seen_until` and is not among `Told` has not been told yet.
    """

    __tablename__ = "saved_search"
    __table_args__ = (CheckConstraint("length(trim(name)) > 0", name="name"),)

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    asked: Mapped[dict[str, str]] = mapped_column(JSON)
    frequency: Mapped[Frequency] = mapped_column(enum_type(Frequency), index=True)
    created_at: Mapped[datetime]
    seen_until: Mapped[datetime]
    # When the next message is due; nothing where a publication decides that, or nobody waits.
    due_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class Told(Base):
    """That a saved search has told of a challenge: so it is told once, however often a job runs."""

    __tablename__ = "saved_search_told"

    search_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("saved_search.id", ondelete="CASCADE"), primary_key=True
    )
    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    published_at: Mapped[datetime]

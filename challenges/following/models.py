"""The table of those who follow a challenge."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class Follow(Base):
    """A person who wants to hear of changes to one challenge, whoever they act for."""

    __tablename__ = "follow"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("user_account.id"), primary_key=True, index=True
    )
    since: Mapped[datetime]

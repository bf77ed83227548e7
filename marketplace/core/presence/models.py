"""The table of who has which page open."""

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class Presence(Base):
    """That somebody has a page open, since when, and when their browser last said so.

    `place` names the page, as in "bid:B-2345/team". It is no record: rows go when the page is left,
    and with the next one that comes an hour after they were last heard of.
    """

    __tablename__ = "presence"

    place: Mapped[str] = mapped_column(String(200), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    opened_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)

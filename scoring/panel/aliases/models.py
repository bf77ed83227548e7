"""Tables of what was drawn at the beginning of scoring: aliases, and the seed of reading orders."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base


class BidAlias(Base):
    """What the panel calls a bid whose bidder's name is withheld from it: one word of a list."""

    __tablename__ = "bid_alias"
    __table_args__ = (UniqueConstraint("stage_id", "word"),)

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    word: Mapped[str] = mapped_column(String(40))


class ReadingOrder(Base):
    """The 32 random bytes from which every evaluator's order of reading follows."""

    __tablename__ = "reading_order"
    __table_args__ = (CheckConstraint("length(seed) = 32", name="seed"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), primary_key=True)
    seed: Mapped[bytes] = mapped_column(LargeBinary(32))
    drawn_at: Mapped[datetime]


append_only(BidAlias)
append_only(ReadingOrder)

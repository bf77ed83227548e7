"""The table of what challenges mean, as vectors."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base


class ChallengeVector(Base):
    """What a challenge's text means, by one model: signed bytes, of which the direction counts.

    `digest` is that of the text that was read. `number` grows with every vector that is made, so
    that whoever keeps a copy sees at once what is new.
    """

    __tablename__ = "challenge_vector"
    __table_args__ = (
        CheckConstraint("length(vector) > 0", name="vector"),
        Index("uq_challenge_vector_number", "number", unique=True),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    model: Mapped[str] = mapped_column(String(40))
    digest: Mapped[str] = mapped_column(String(64))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    number: Mapped[int] = mapped_column(BigInteger)
    made_at: Mapped[datetime]

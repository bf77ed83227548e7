"""The table of the public texts of challenges, which the indexes of words are made from."""

import uuid

from sqlalchemy import BigInteger, ForeignKey, Integer, Text, event
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import DDL

from challenges.finding import keeping
from marketplace.core.database import UNMODELLED, Base


class ChallengeText(Base):
    """What can be found of one published challenge. The database keeps it, nobody else writes it.

    `number` is what SQLite's index calls a row by; PostgreSQL makes it from the identifier.
    """

    __tablename__ = "challenge_text"

    number: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False
    )
    challenge_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("challenge.id", ondelete="CASCADE"), unique=True
    )
    title: Mapped[str] = mapped_column(Text)
    summary: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    names: Mapped[str] = mapped_column(Text)


UNMODELLED.update(keeping.UNMODELLED)
for _dialect in ("sqlite", "postgresql"):
    for _statement in keeping.statements(_dialect):
        # With all tables there: triggers stand on several of them.
        event.listen(
            Base.metadata,
            "after_create",
            DDL(_statement.replace("%", "%%")).execute_if(  # type: ignore[no-untyped-call]  # it has none
                dialect=_dialect
            ),
        )

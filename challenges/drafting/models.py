"""Tables of what a body writes of a challenge for itself, and of the text that was approved."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.drafting.kinds import Duty, Topic
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class TeamMember(Base):
    """Who has a duty in a challenge: somebody with an account, or by name and job."""

    __tablename__ = "team_member"
    __table_args__ = (CheckConstraint("user_id IS NOT NULL OR length(name) > 0", name="somebody"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    duty: Mapped[Duty] = mapped_column(enum_type(Duty), primary_key=True)
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    name: Mapped[str] = mapped_column(String(200), default="")

    user: Mapped[User | None] = relationship(lazy="joined")


class RecordAnswer(Base):
    """What a body recorded on one question before the draft was approved.

    With `not_applicable`, `text` says why the question does not apply: an answer of its own kind.
    """

    __tablename__ = "record_answer"
    __table_args__ = (CheckConstraint("length(text) > 0", name="text"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    topic: Mapped[Topic] = mapped_column(enum_type(Topic), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    not_applicable: Mapped[bool] = mapped_column(default=False)


class ApprovedText(Identified, Base):
    """The text of a challenge as an officer approved it: what is published must be the same.

    `canonical` are the RFC 8785 bytes of a `challenge-text/1`; `sha256` is theirs. A challenge that
    is returned and approved again has several, of which the last counts.
    """

    __tablename__ = "approved_text"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    approved_at: Mapped[datetime]


append_only(ApprovedText)

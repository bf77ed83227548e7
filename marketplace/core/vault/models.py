"""Tables of keys. No secret stands here in the clear: each is wrapped by the master key."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.database import Base, Identified, enum_type


class KeyKind(StrEnum):
    """What is sealed to a key: a closing's bids for officers, or a supplier's own copies."""

    CLOSING = "closing"
    COPY = "copy"


class SealingKey(Identified, Base):
    """A key pair of age's kind (X25519): to `recipient` whoever likes can seal.

    One stands for a closing instant, or lets one supplier read its own bid again: `kind` says
    which, and neither can be used as the other. `wrapped` is the private part, wrapped by the
    master key; a key that was destroyed has none.
    """

    __tablename__ = "sealing_key"

    recipient: Mapped[str] = mapped_column(String(100), unique=True)
    kind: Mapped[KeyKind] = mapped_column(enum_type(KeyKind))
    wrapped: Mapped[bytes | None] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]

    @property
    def purpose(self) -> str:
        """Say for what this key is wrapped: it opens in no other row, and as no other kind."""
        return f"{self.kind.value}:{self.recipient}"


class DraftKey(Identified, Base):
    """The key under which one draft is encrypted, wrapped; its row goes when the draft goes."""

    __tablename__ = "draft_key"

    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]

    @property
    def purpose(self) -> str:
        """Say for what this key is wrapped: it opens in no other row."""
        return f"draft:{self.id}"


class OfficerKey(Identified, Base):
    """An officer's own key for signing openings, locked by a passphrase that nobody else knows.

    `verifier` is the public part as notes name it. `wrapped` is the private part, locked by the
    passphrase and then wrapped by the master key; when a new key takes its place, at `ended_at`,
    nothing stays in it but what shows that the service made this key for this person. The public
    part stays, for what was signed before.
    """

    __tablename__ = "officer_key"
    __table_args__ = (
        # A person signs with one key at a time.
        Index(
            "uq_officer_key_in_use",
            "user_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    verifier: Mapped[str] = mapped_column(String(300), unique=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def purpose(self) -> str:
        """Say for what this key is wrapped: it opens in no other row, and for no other person."""
        return f"officer:{self.user_id}:{self.verifier}"

"""Tables of letters: batches that go out at once, one letter to each bidder, what is withheld."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from challenges.models import Stage
from marketplace.core.accounts.models import User
from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.notices.models import Notice
from marketplace.core.regimes.shapes import LetterKind


class InformationRequest(Identified, Base):
    """That a bidder asked for further information about a decision; answered by a letter.

    `due_at` is when the clock of the rules ends, none where they set none. `recorded_by_id` is the
    officer who recorded one that came another way.
    """

    __tablename__ = "information_request"
    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        # One at a time: two clicks ask once.
        Index(
            "uq_information_request_open",
            "bid_id",
            unique=True,
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(index=True)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    words: Mapped[str] = mapped_column(Text)
    due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship(
        primaryjoin="InformationRequest.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )


class LetterBatch(Identified, Base):
    """Letters that go out together: of an approved award, of a sift, or one that answers a request.

    `send_at` is when they are to go out, or where bids were received elsewhere the day that the
    letters carry; `electronic` and `promised_end` say by which way, and what end of the standstill
    they tell. `hindered` says why a timed sending did not happen.
    """

    __tablename__ = "letter_batch"
    __table_args__ = (
        # A decision has its letters once.
        UniqueConstraint("recommendation_id"),
        UniqueConstraint("advance_id"),
        UniqueConstraint("request_id"),
        CheckConstraint(
            "(CASE WHEN recommendation_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN advance_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one",
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    recommendation_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("sign_off.recommendation_id")
    )
    advance_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("advance_answer.advance_id"))
    request_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("information_request.id"))
    begun_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    addition: Mapped[str] = mapped_column(Text, default="")
    send_at: Mapped[datetime | None]
    planned_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    electronic: Mapped[bool] = mapped_column(default=True)
    promised_end: Mapped[datetime | None]
    hindered: Mapped[str | None] = mapped_column(Text)
    # How the body presented itself when they went out, with its logo in Base64, and its template.
    head: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), deferred=True)
    template: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sent_at: Mapped[datetime | None]
    sent_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    stage: Mapped[Stage] = relationship()
    request: Mapped[InformationRequest | None] = relationship()
    letters: Mapped[list["Letter"]] = relationship(back_populates="batch")
    planned_by: Mapped[User | None] = relationship(foreign_keys=[planned_by_id])
    sent_by: Mapped[User | None] = relationship(foreign_keys=[sent_by_id])


class Letter(Identified, Base):
    """The letter to one bidder.

    `facts` is what it says, as the job read it from what the panel wrote; `content` are its words
    as they went out, `sha256` their digest in the log. `available_at` is when it could be read on
    the site; `gone_at` when an officer says that it went another way, `gone_how` by which.
    """

    __tablename__ = "letter"
    __table_args__ = (
        # One to each bidder, however often the job is done.
        UniqueConstraint("batch_id", "bid_id"),
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("(content IS NULL) = (sha256 IS NULL)", name="content"),
        CheckConstraint("(gone_at IS NULL) = (recorded_by_id IS NULL)", name="gone"),
        CheckConstraint("gone_electronic IS NULL OR gone_at IS NOT NULL", name="gone_way"),
    )

    batch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter_batch.id"), index=True)
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"))
    bid_id: Mapped[uuid.UUID] = mapped_column(index=True)
    kind: Mapped[LetterKind] = mapped_column(enum_type(LetterKind))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    made_at: Mapped[datetime]
    addition: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sha256: Mapped[str | None] = mapped_column(String(64))
    available_at: Mapped[datetime | None]
    gone_at: Mapped[datetime | None]
    gone_electronic: Mapped[bool | None]
    gone_how: Mapped[str | None] = mapped_column(Text)
    recorded_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    read_at: Mapped[datetime | None]
    read_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    batch: Mapped[LetterBatch] = relationship(back_populates="letters")
    bid: Mapped[Bid] = relationship(
        primaryjoin="Letter.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    recorded_by: Mapped[User | None] = relationship(foreign_keys=[recorded_by_id])
    messages: Mapped[list["LetterMessage"]] = relationship(order_by="LetterMessage.notice_id")

    @property
    def unproven(self) -> bool:
        """Tell whether nothing shows that it reached its bidder: nobody read it, no e-mail about it
        was handed over, and it is not recorded that it went another way."""
        return (
            self.read_at is None
            and self.gone_at is None
            and not any(each.notice.sent_at for each in self.messages)
        )

    @property
    def on_its_way(self) -> bool:
        """Tell whether an e-mail about it is still to be handed over."""
        return any(
            each.notice.sent_at is None and each.notice.failure is None for each in self.messages
        )


class LetterMessage(Base):
    """An e-mail that tells somebody of a letter."""

    __tablename__ = "letter_message"

    letter_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("letter.id"), primary_key=True)
    notice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("notice.id"), primary_key=True)

    notice: Mapped[Notice] = relationship()


class Withheld(Identified, Base):
    """Words that a stage's letters and outcomes leave out. What the panel wrote stays as it is.

    `bid_id` is the bid whose reasons have them, none where they stand in why the decision was
    made. `ground` is a key of the regime's. One that was taken back stays, with when.
    """

    __tablename__ = "withheld_words"
    __table_args__ = (
        ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        CheckConstraint("length(trim(words)) > 0", name="words"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        CheckConstraint("(taken_back_at IS NULL) = (taken_back_by_id IS NULL)", name="taken_back"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    bid_id: Mapped[uuid.UUID | None] = mapped_column()
    words: Mapped[str] = mapped_column(Text)
    ground: Mapped[str] = mapped_column(String(40))
    reason: Mapped[str] = mapped_column(Text)
    withheld_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    withheld_at: Mapped[datetime]
    taken_back_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    taken_back_at: Mapped[datetime | None]

    bid: Mapped[Bid | None] = relationship(
        primaryjoin="Withheld.bid_id == Bid.id", foreign_keys=[bid_id], viewonly=True
    )
    withheld_by: Mapped[User] = relationship(foreign_keys=[withheld_by_id])

"""Tables of queries about bids: what was asked of one bidder, answered, and decided."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.asking.lifecycle import QueryDecision, QueryPart
from bids.models import Bid
from challenges.models import Criterion
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type


class BidQuery(Identified, Base):
    """What a body asked one bidder after the opening. `text` is never changed.

    `draft` is what the supplier has written so far; `answer` what it sent, once. `shown_at` is
    when the panel was let see query, answer and decision; until then `kept_because` may say why
    not. `answer_by` is the limit that holds now.
    """

    __tablename__ = "bid_query"
    __table_args__ = (
        UniqueConstraint("bid_id", "number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(text)) > 0", name="text"),
        CheckConstraint("(part = 'answer') = (criterion_id IS NOT NULL)", name="question_of_part"),
        CheckConstraint(
            "(answered_at IS NULL) = (answer IS NULL) "
            "AND (answered_at IS NULL) = (answered_by_id IS NULL)",
            name="answered_whole",
        ),
        CheckConstraint(
            "(decided_at IS NULL) = (decision IS NULL) "
            "AND (decided_at IS NULL) = (decided_by_id IS NULL) "
            "AND (decided_at IS NULL) = (decided_because IS NULL)",
            name="decided_whole",
        ),
        CheckConstraint(
            "decision IS NULL OR (decision = 'no_answer') = (answered_at IS NULL)",
            name="decision_fits_answer",
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
            name="withdrawn_whole",
        ),
        CheckConstraint("withdrawn_at IS NULL OR answered_at IS NULL", name="withdrawn_unanswered"),
        CheckConstraint("shown_at IS NULL OR decided_at IS NOT NULL", name="shown_after_decision"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"))
    number: Mapped[int]
    part: Mapped[QueryPart] = mapped_column(enum_type(QueryPart))
    criterion_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    answer_by: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    draft: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str | None] = mapped_column(Text)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    decision: Mapped[QueryDecision | None] = mapped_column(enum_type(QueryDecision))
    decided_because: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime | None]
    kept_because: Mapped[str | None] = mapped_column(Text)
    shown_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None] = mapped_column(Text)
    withdrawn_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    withdrawn_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column()

    bid: Mapped[Bid] = relationship()
    criterion: Mapped[Criterion | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    withdrawn_by: Mapped[User | None] = relationship(foreign_keys=[withdrawn_by_id])
    extensions: Mapped[list["BidQueryExtension"]] = relationship(
        order_by="BidQueryExtension.extended_at"
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)


class BidQueryExtension(Identified, Base):
    """That the limit of a query was made longer, and why."""

    __tablename__ = "bid_query_extension"
    __table_args__ = (
        CheckConstraint("length(trim(because)) > 0", name="because"),
        CheckConstraint("limit_to > limit_from", name="longer"),
    )

    query_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid_query.id"), index=True)
    limit_from: Mapped[datetime]
    limit_to: Mapped[datetime]
    because: Mapped[str] = mapped_column(Text)
    extended_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    extended_at: Mapped[datetime]


append_only(BidQueryExtension, erasable=("because",))

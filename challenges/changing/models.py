"""Tables of changes to a published challenge: the one in hand, and those that were published."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Challenge, Plan
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class ChangeDraft(Base):
    """The change that is being prepared to a published challenge; there is at most one.

    `sections` holds what each changed section will say, by its name, in the form of
    `challenges.changing.contents`; what is not in it stays as it is. `writers` are the identifiers
    of all who wrote in it: none of them publishes it. `confirm` says that bids submitted before
    must be confirmed.
    """

    __tablename__ = "change_draft"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    sections: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    reason: Mapped[str] = mapped_column(Text, default="")
    confirm: Mapped[bool] = mapped_column(default=False)
    begun_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    begun_at: Mapped[datetime]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    changed_at: Mapped[datetime]
    writers: Mapped[list[str]] = mapped_column(JSON, default=list)
    # When its writers said that it is finished; writing in it again takes that back.
    handed_over_at: Mapped[datetime | None]
    row_version: Mapped[int] = mapped_column()

    begun_by: Mapped[User] = relationship(foreign_keys=[begun_by_id])
    changed_by: Mapped[User] = relationship(foreign_keys=[changed_by_id])

    # Two people writing at once: the second is told, nothing is overwritten unseen.
    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)


class Addendum(Identified, Base):
    """One published change to a challenge, by its number, with the texts before and after it.

    `before` and `after` are the canonical bytes of a `changeable-text/1` each, whose digests the
    log's entry `entry_n` holds. `confirm` says that a bid counts only where it was submitted after
    that entry. `plan_version` is the version of the plan that holds from then on.
    """

    __tablename__ = "addendum"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        ForeignKeyConstraint(
            ["challenge_id", "plan_version"], ["plan.challenge_id", "plan.version"], name="plan"
        ),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("length(trim(reason)) > 0", name="reason"),
        # Nobody lets their own change through.
        CheckConstraint("published_by_id <> written_by_id", name="published_by_another"),
        # Whoever bid under the former plan answered other questions or other weights.
        CheckConstraint("confirm OR NOT new_plan", name="new_plan_is_confirmed"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    number: Mapped[int]
    reason: Mapped[str] = mapped_column(Text)
    confirm: Mapped[bool]
    new_plan: Mapped[bool]
    plan_version: Mapped[int]
    before: Mapped[bytes] = mapped_column(LargeBinary)
    before_sha256: Mapped[str] = mapped_column(String(64))
    after: Mapped[bytes] = mapped_column(LargeBinary)
    after_sha256: Mapped[str] = mapped_column(String(64))
    written_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    published_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    published_at: Mapped[datetime]
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), unique=True)

    challenge: Mapped[Challenge] = relationship(foreign_keys=[challenge_id], viewonly=True)
    plan: Mapped[Plan] = relationship(viewonly=True)


append_only(Addendum)

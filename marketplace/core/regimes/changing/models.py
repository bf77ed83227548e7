"""The tables of versions of a regime that administrators set."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified


class RegimeProposal(Identified, Base):
    """A version that somebody proposed: what is other in it than in the version `based_on`.

    `changes` has under `figures` each figure's name with its new value, and the new `source` and
    `notes`. It holds once a `RegimeDecision` confirms it, from the day `valid_from` in London.
    """

    __tablename__ = "regime_proposal"
    __table_args__ = (UniqueConstraint("id", "proposed_by_id"),)

    regime: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[str] = mapped_column(String(40))
    based_on: Mapped[str] = mapped_column(String(40))
    valid_from: Mapped[date]
    changes: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    proposed_at: Mapped[datetime]

    proposed_by: Mapped[User] = relationship()
    decision: Mapped["RegimeDecision | None"] = relationship(back_populates="proposal")


class RegimeDecision(Base):
    """That another person confirmed a proposed version, or refused it with a reason.

    Where it was confirmed it has its name as `version`, and that of the version that it `follows`:
    no two have the same name, and none is followed by two.
    """

    __tablename__ = "regime_decision"
    __table_args__ = (
        ForeignKeyConstraint(
            ["proposal_id", "proposed_by_id"],
            ["regime_proposal.id", "regime_proposal.proposed_by_id"],
            name="proposal",
        ),
        CheckConstraint("decided_by_id <> proposed_by_id", name="another_person"),
        CheckConstraint("(version IS NULL) = (reason IS NOT NULL)", name="refused_with_reason"),
        CheckConstraint("(version IS NULL) = (follows IS NULL)", name="follows"),
        UniqueConstraint("regime", "version"),
        UniqueConstraint("regime", "follows"),
    )

    proposal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    proposed_by_id: Mapped[uuid.UUID]
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]
    regime: Mapped[str] = mapped_column(String(40))
    version: Mapped[str | None] = mapped_column(String(40))
    follows: Mapped[str | None] = mapped_column(String(40))
    reason: Mapped[str | None] = mapped_column(Text)

    proposal: Mapped[RegimeProposal] = relationship(back_populates="decision")
    decided_by: Mapped[User] = relationship()


append_only(RegimeProposal)
append_only(RegimeDecision)

"""The table of partners who are asked to join a bid."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.models import Bid
from bids.team.lifecycle import InvitationState
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.vault.models import DraftKey


class TeamInvitation(Identified, Base):
    """That the bidder asks somebody of another organisation to join its bid as a partner.

    In plain stands who asks whom, in which bid, and when what was answered: without that the
    invited person could not be shown it. It tells that there is a bid, so it is on no page of the
    public body and in no entry of the log before the opening. What the partner is called, does and
    shares (`terms`), and the words of a refusal (`answer`), are encrypted as a draft is. They are
    not in the bid's own draft: the key of that opens all answers and is destroyed when the bid is
    submitted, while the partner must read what it accepted before and after, and nothing else.
    So each invitation has a key of its own.

    `partner_id` is the organisation that accepted, which is known only then. Rows are never
    deleted, and what ended is never begun again: another invitation is another row.
    """

    __tablename__ = "team_invitation"
    __table_args__ = (
        Index(
            "uq_team_invitation_standing",
            "bid_id",
            "email",
            unique=True,
            sqlite_where=text("state IN ('asked', 'accepted')"),
            postgresql_where=text("state IN ('asked', 'accepted')"),
        ),
        Index(
            "uq_team_invitation_partner",
            "bid_id",
            "partner_id",
            unique=True,
            sqlite_where=text("state = 'accepted'"),
            postgresql_where=text("state = 'accepted'"),
        ),
        CheckConstraint("(answered_at IS NULL) = (answered_by_id IS NULL)", name="answered_whole"),
        CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name="ended_whole"),
        CheckConstraint(
            "(state IN ('left', 'taken_back')) = (ended_at IS NOT NULL)", name="ended_state"
        ),
        CheckConstraint("state <> 'asked' OR answered_at IS NULL", name="asked_unanswered"),
        CheckConstraint(
            "state IN ('asked', 'taken_back') OR answered_at IS NOT NULL", name="answered_state"
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'left') OR partner_id IS NOT NULL", name="partner_known"
        ),
        CheckConstraint("partner_id IS NULL OR answered_at IS NOT NULL", name="partner_answered"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), index=True)
    state: Mapped[InvitationState] = mapped_column(enum_type(InvitationState))
    key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("draft_key.id"), unique=True)
    terms: Mapped[bytes] = mapped_column(LargeBinary)
    asked_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    partner_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    answered_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    answered_at: Mapped[datetime | None]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)
    ended_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]

    bid: Mapped[Bid] = relationship()
    key: Mapped[DraftKey] = relationship()
    partner: Mapped[Organisation | None] = relationship()
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])

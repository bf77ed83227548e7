"""Tables of interests that were found later, and of what no longer stands because of them."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.panel.lifecycle import Interest, Measure, PanelPhase
from scoring.panel.models import BidderParty, PanelMember


class FoundInterest(Identified, Base):
    """An interest of a member in a party that was found after the member declared.

    From this row on, and until it is decided, the member is kept away from its bids.
    """

    __tablename__ = "found_interest"
    __table_args__ = (CheckConstraint("length(trim(statement)) > 0", name="statement"),)

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bidder_party.id"), index=True)
    statement: Mapped[str] = mapped_column(Text)
    phase: Mapped[PanelPhase] = mapped_column(enum_type(PanelPhase))
    found_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    found_at: Mapped[datetime]

    member: Mapped[PanelMember] = relationship()
    party: Mapped[BidderParty] = relationship()
    found_by: Mapped[User] = relationship()

    @property
    def interest(self) -> Interest:
        """Give what was found: there is an interest."""
        return Interest.DECLARED

    @property
    def declared_at(self) -> datetime:
        """Give when it was said."""
        return self.found_at


class FoundDecision(Base):
    """What was decided about an interest that was found later; it is decided once."""

    __tablename__ = "found_decision"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    found_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("found_interest.id"), primary_key=True)
    measure: Mapped[Measure] = mapped_column(enum_type(Measure))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()


class ScoreSetAside(Base):
    """A submitted score that counts no longer, because of a recusal that came later."""

    __tablename__ = "score_set_aside"

    score_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("score.id"), primary_key=True)
    found_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("found_decision.found_id"), index=True)
    set_aside_at: Mapped[datetime]


class AgreementVoid(Base):
    """An agreed score that stands no longer, because who was recused later had been present."""

    __tablename__ = "agreement_void"

    consensus_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("consensus_score.id"), primary_key=True
    )
    found_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("found_decision.found_id"), index=True)
    voided_at: Mapped[datetime]


class QualityUnlock(Base):
    """That locked scores have to be agreed again. Prices had been shown by then, from `locked_at`
    on, and nothing can take that back: the record says so."""

    __tablename__ = "quality_unlock"

    found_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("found_decision.found_id"), primary_key=True
    )
    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), index=True)
    locked_at: Mapped[datetime]
    unlocked_at: Mapped[datetime]


class ScoringReopened(Identified, Base):
    """That scoring began again for people who join, after the panel had seen all scores.

    Whoever had submitted before has seen the others' scores since `moderation_began_at`, so theirs
    are not corrected any more.
    """

    __tablename__ = "scoring_reopened"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), index=True)
    moderation_began_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text)
    reopened_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    reopened_at: Mapped[datetime]


for _table in (
    ScoreSetAside,
    AgreementVoid,
    QualityUnlock,
    ScoringReopened,
):
    append_only(_table)
append_only(FoundInterest, erasable=("statement",))
append_only(FoundDecision, erasable=("reason",))
